import { afterEach, beforeEach, expect, test } from "vitest";
import { FlowPlace } from "../support/flow-place.ts";

let place: FlowPlace;
beforeEach(async () => {
  place = await FlowPlace.make();
});
afterEach(async () => {
  await place[Symbol.asyncDispose]();
});

const ECHO = 'task "bash_run" "a" {\n  command = "echo a"\n}';

test("F1: a file has one flow, and nothing beside it", async () => {
  const none = await place.apply("# nothing\n");
  expect([none.code, none.stdout]).toEqual([1, ""]);
  expect(none.stderr).toContain('Expected a flow block: flow "NAME" { … }');
  const two = await place.apply(`flow "a" {\n}\nflow "b" {\n}\nfloww "c" {\n}\nx = 1\n`);
  expect(two.code).toBe(1);
  expect(two.stderr).toContain("A file has one flow; the first one is in line 1");
  expect(two.stderr).toContain('Expected a flow block, found "floww", did you mean "flow"?');
  expect(two.stderr).toContain('The argument "x" stands outside of the flow');
  expect(two.stderr).toContain("3 problems");
});

test("F2: - is standard input, for every command that takes a file", async () => {
  const input = `flow "in" {\n${ECHO}\n}\n`;
  const done = await place.run(["apply", "-", "--format", "log"], { input });
  expect([done.code, done.stdout]).toEqual([0, "a\n"]);
  expect((await place.run(["graph", "-"], { input })).stdout).toBe("task.bash_run.a  bash_run\n");
  const broken = await place.run(["validate", "-"], { input: 'flow "in" {\n  task "nope" "x" {\n  }\n}\n' });
  expect(broken.code).toBe(1);
  expect(broken.stderr).toContain('at <stdin>:2:8\n  2 |   task "nope" "x" {\n    |        ^');
});

test("F3: --var, then --var-file, then the environment, then the default", async () => {
  const flow = `flow "x" {
  variable "v" { 
    default = upper("default")
  }
  variable "w" { 
  }
  task "bash_run" "a" {
    command = "echo \${var.v} \${tojson(var.w)}"
  }
}`;
  await place.work.write("vars.hcl", 'key = "file"\nv = "${key}-${upper("x")}"\nw = [1, 2]\n');
  await place.work.write("vars.yaml", "v: yaml\n");
  await place.work.write("vars.json", '{"v": "json"}');
  const said = async (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> =>
    (await place.apply(flow, args, env)).stdout.trim();
  const env = { RUNFLOW_VAR_v: "runflow" };
  expect(await said([])).toBe("DEFAULT null");
  expect(await said([], env)).toBe("runflow null");
  expect(await said([], { RUNFLOW_VAR_v: "" })).toBe("DEFAULT null");
  expect(await said([], { ...env, RCM_VAR_v: "rcm" })).toBe("rcm null");
  const odd = await place.apply(flow, ["--var-file", "vars.hcl"], env);
  expect(odd.stderr).toContain('has a param "key" (from --var-file vars.hcl)');
  await place.work.write("vars.hcl", 'v = "${upper("x")}"\nw = [v, 2]\n');
  expect(await said(["--var-file", "vars.hcl"], env)).toBe("X [X, 2]");
  expect(await said(["--var-file", "vars.hcl", "--var-file", "vars.yaml"])).toBe("yaml [X, 2]");
  expect(await said(["--var", "v=a=b=c", "--var-file", "vars.json"], env)).toBe("a=b=c null");
  await place.work.write("vars.hcl", 'v = nope("x")\nb {\n}\n');
  const broken = await place.apply(flow, ["--var-file", "vars.hcl"]);
  expect([broken.code, broken.stdout]).toEqual([1, ""]);
  expect(broken.stderr).toContain("vars.hcl:1:5");
  expect(broken.stderr).toContain('found the block "b"');
});

test("F4: a missing variable is named with its place, a wrong one too, and nothing has run", async () => {
  const flow = `flow "x" {
  variable "need" { 
    required = true
  }
  variable "n" { 
    type = number
    default = 1
  }
  variable "l" { 
    type = list(object({ a = string, b = optional(number) }))
    default = []
  }
  task "bash_run" "a" {
    command = "echo \${var.need} \${var.n} > ran"
  }
}`;
  const missing = await place.apply(flow);
  expect([missing.code, missing.stdout]).toEqual([1, ""]);
  expect(missing.stderr).toContain('Param "need" of the runbook "x" is required');
  expect(missing.stderr).toContain("flow.hcl:2:3");
  const wrong = await place.apply(flow, ["--var", "need=1", "--var", "n=two", "--var", 'l=[{"a":1}]']);
  expect(wrong.stderr).toContain('Param "n" of the runbook "x" (from -e n) wanted number, got string');
  expect(wrong.stderr).toContain('Param "l" of the runbook "x" (from -e l) wanted array, got string');
  expect((await place.apply(flow, ["--var", "need=1", "--var", "n=2"])).code).toBe(0);
  expect(await place.work.read("ran")).toBe("1 2\n");
});

test("F4: mistakes in variables, all at once, each with its place", async () => {
  const done = await place.apply(`flow "x" {
  variable "a" {
    default = var.b
    requird = true
  }
  variable "b" {
    type = strin
  }
  variable "c" {
    type    = number
    default = "x"
  }
  variable "c" {
  }
  variable {
  }
}`);
  expect(done.code).toBe(1);
  for (const text of [
    'A default cannot refer to "var.b"',
    'A variable has no argument "requird", did you mean "required"?',
    'found strin, did you mean "string"?',
    'The default of the variable "c" is no number',
    'There is variable "c" already, in line 9',
    'Expected variable "NAME" { … }, found 0 labels',
    "6 problems",
  ])
    expect(done.stderr).toContain(text);
});

test("F5, F6: unknown blocks, types and arguments have their places", async () => {
  const done = await place.apply(`flow "x" {
  taks "bash_run" "a" {
  }
  task "bash_rum" "a" {
  }
  task "bash_run" {
  }
  task "apt" "b" {
    name = "nginx"
    _retri = 3
  }
  depends = 1
}`);
  expect(done.code).toBe(1);
  for (const text of [
    'A flow has no block "taks", did you mean "task"?',
    'There is no task type "bash_rum", did you mean "bash_run"?',
    'Expected task "TYPE" "NAME" { … }, found 1 labels',
    'No task has an argument "_retri", did you mean "_retry"?',
    'A flow has no argument "depends"',
  ])
    expect(done.stderr).toContain(text);
  const args = await place.apply(`flow "x" {
  task "bash_run" "a" {
    comand = "x"
  }
  task "copy" "b" {
    dest    = "/tmp/x"
    content = "x"
    mode    = 5
  }
}`);
  expect(args.code).toBe(1);
  expect(args.stderr).toContain(
    'bash_run has no option "comand", did you mean "command"?\n  at flow.hcl:3:5',
  );
  expect(args.stderr).toContain('option "command" is required: wanted string\n  at flow.hcl:2:3');
  expect(args.stderr).toMatch(/option "mode": wanted a quoted mode.*\n {2}at flow.hcl:8:5/);
});

test("F7: blocks in a task are a list of objects, or the object that the module takes", async () => {
  await place.work.write(
    "tasks.ts",
    `import { defineModule, z } from "rcm";
const run = async (options: unknown) => ({ changed: false, message: "", output: JSON.stringify(options) });
export const many = defineModule({ name: "many", category: "X", summary: "x", changes: false, describe: () => "", run,
  options: z.strictObject({ sql: z.array(z.object({ statement: z.string() })) }) });
export const one = defineModule({ name: "one", category: "X", summary: "x", changes: false, describe: () => "", run,
  options: z.strictObject({ limits: z.object({ cpuCount: z.number() }), plainName: z.string() }) });
`,
  );
  const done = await place.tasks(`
  import {
    tasks = ["./tasks.ts:many", "./tasks.ts:one"]
  }
  task "many" "a" {
    sql {
      statement = "one"
    }
    sql {
      statement = "two"
    }
  }
  task "many" "b" {
    sql {
      statement = "one"
    }
  }
  task "one" "a" {
    plain_name = "x"
    limits {
      cpuCount = 2
    }
  }
  output "all" {
    value = [task.many.a.output, task.many.b.output, task.one.a.output]
  }`);
  const line = done.log.find((one) => one.startsWith("all = ")) ?? done.stderr;
  expect((JSON.parse(line.slice(6)) as string[]).map((one) => JSON.parse(one) as unknown)).toEqual([
    { sql: [{ statement: "one" }, { statement: "two" }] },
    { sql: [{ statement: "one" }] },
    { limits: { cpuCount: 2 }, plainName: "x" },
  ]);
});

test("F10: a circle and a missing target are told before anything runs", async () => {
  const done = await place.apply(`flow "x" {
  task "bash_run" "a" {
    command = "touch ran; echo \${task.bash_run.b.stdout}"
  }
  task "bash_run" "b" {
    command = "echo \${task.bash_run.a.stdout}"
  }
  task "bash_run" "c" {
    command = "echo \${task.bash_run.c.stdout} \${task.bash_run.bb.stdout} \${vra.x} \${var.y}"
  }
}`);
  expect(done.code).toBe(1);
  for (const text of [
    'Tasks wait for each other: "task.bash_run.a" needs "task.bash_run.b" needs "task.bash_run.a"',
    'The task "task.bash_run.c" refers to itself',
    'There is no task "task.bash_run.bb", did you mean',
    'Nothing is named "vra" here, did you mean "var"?',
    'There is no variable "y"',
  ])
    expect(done.stderr).toContain(text);
  await expect(place.work.read("ran")).rejects.toThrow();
});

test("F22: the graph is drawn of a flow that could not run", async () => {
  await place.work.write(
    "g.hcl",
    `flow "g" {
  variable "need" { 
    required = true
  }
  task "bash_run" "b" {
    command = "echo \${task.file_read.a.content} \${var.need}"
    nonsense = 1
  }
  task "file_read" "a" {
    filename = "/nowhere"
  }
}`,
  );
  expect((await place.run(["graph", "g.hcl"])).stdout).toBe(
    "task.file_read.a  file_read\ntask.bash_run.b   bash_run  ← task.file_read.a\n",
  );
  const dot = (await place.run(["graph", "g.hcl", "--format", "dot"])).stdout;
  expect(dot).toContain('s0 [label="task.file_read.a\\nfile_read"]');
  expect(dot).toContain("s0 -> s1");
  const svg = (await place.run(["graph", "g.hcl", "--format", "svg"])).stdout;
  expect(svg).toMatch(/^<svg .*<title>task.file_read.a -&gt; task.bash_run.b<\/title>.*<\/svg>\n$/s);
  expect((await place.run(["graph", "g.hcl", "--format", "mermaid"])).stdout).toContain("s0 --> s1");
});
