import { afterEach, beforeEach, expect, test } from "vitest";
import { FlowPlace } from "../support/flow-place.ts";

let place: FlowPlace;
beforeEach(async () => {
  place = await FlowPlace.make();
});
afterEach(async () => {
  await place[Symbol.asyncDispose]();
});

test("F8: a reference in any form of expression makes a task wait", async () => {
  const forms = [
    '"${task.bash_run.a.stdout}"',
    "upper(task.bash_run.a.stdout)",
    'true ? task.bash_run.a.stdout : ""',
    'task.bash_run.a.returncode == 0 ? "x" : "y"',
    'task["bash_run"]["a"]["stdout"]',
    "[task.bash_run.a.stdout][0]",
    'split("", task.bash_run.a.stdout)[0]',
    'join("", [for x in [task.bash_run.a.stdout] : x])',
    'join("", [for x in ["q"] : x if task.bash_run.a.returncode == 0])',
    "tojson({(task.bash_run.a.stdout) = 1})",
    "tojson([task.bash_run.a][*].stdout)",
    "<<E\n${task.bash_run.a.stdout}\nE\n",
    '"%{ if task.bash_run.a.stdout == "A" }yes%{ else }no%{ endif }"',
    '"%{ for k, v in task.bash_run }${k}%{ endfor }"',
    '!(task.bash_run.a.stdout == "A") ? "n" : "y"',
    "[for k, v in task.bash_run.a : k][0]",
    'sprintf("%s", task.bash_run.a.stdout)',
    "concat([[task.bash_run.a.stdout]]...)[0]",
  ];
  const tasks = forms.map(
    (form, i) => `task "file_write" "w${i}" {\n  filename = "w${i}"\n  content = ${form}\n}`,
  );
  await place.work.write(
    "g.hcl",
    `flow "g" {\n${tasks.join("\n")}\ntask "bash_run" "a" {\n  command = "echo A"\n}\n}`,
  );
  const graph = (await place.run(["graph", "g.hcl"])).stdout.trim().split("\n");
  expect(graph[0]).toContain("task.bash_run.a");
  expect(graph.slice(1).filter((line) => !line.endsWith("← task.bash_run.a"))).toEqual([]);
  const done = await place.run(["apply", "g.hcl", "--format", "log"]);
  expect([done.code, done.log.filter((line) => line.includes("failed"))]).toEqual([0, []]);
  expect(await place.work.read("w12")).toBe("yes");
  expect(await place.work.read("w4")).toBe("A");
});

test("F9: _depends_on orders, and a condition in it cancels the task and what needs it", async () => {
  const done = await place.tasks(`
  variable "go" { 
    default = ""
  }
  task "bash_run" "last" {
    command = "echo last"
    _depends_on = [task.bash_run.first, "yes", [1], 1, true]
  }
  task "bash_run" "first" {
    command = "echo first"
  }
  task "bash_run" "never" {
    command = "echo never"
    _depends_on = [var.go]
  }
  task "bash_run" "neither" {
    command = "echo neither"
    _depends_on = [task.bash_run.never]
  }
  task "bash_run" "empty" {
    command = "echo empty"
    _depends_on = [task.bash_run.first.stderr]
  }`);
  expect([done.code, done.stdout]).toEqual([0, "first\nlast\n"]);
  for (const name of ["never", "neither", "empty"])
    expect(done.log).toContain(`"task.bash_run.${name}" is canceled: its condition does not hold.`);
});

test("_when skips a task, and what needs it goes on", async () => {
  const done = await place.tasks(`
  task "bash_run" "a" {
    command = "echo a"
  }
  task "bash_run" "no" {
    command = "echo no"
    _when = task.bash_run.a.stdout != "a"
  }
  task "bash_run" "after" {
    command = "echo after \${tojson(task.bash_run.no.stdout)} \${task.bash_run.no.status}"
    _depends_on = [task.bash_run.no]
  }`);
  expect([done.code, done.stdout]).toEqual([0, "a\nafter  skipped\n"]);
});

test("F11: a failure cancels what needs it, and only that", async () => {
  const done = await place.tasks(`
  task "bash_run" "bad" {
    command = "echo oops >&2; exit 3"
  }
  task "bash_run" "child" {
    command = "echo \${task.bash_run.bad.stdout}"
  }
  task "bash_run" "grandchild" {
    command = "echo x"
    _depends_on = [task.bash_run.child]
  }
  task "bash_run" "other" {
    command = "echo other"
  }`);
  expect([done.code, done.stdout]).toEqual([2, "other\n"]);
  expect(done.log).toContain('"task.bash_run.bad" is failed: exit status 3: oops');
  for (const name of ["child", "grandchild"])
    expect(done.log).toContain(`"task.bash_run.${name}" is canceled due to previous task failed run.`);
});

test("F12, F14: a task has its results and its own arguments", async () => {
  const done = await place.tasks(`
  task "bash_run" "a" {
    command = "echo ' out '; echo err >&2; echo $A$B"
    env = { A = 1, B = true, C = null }
  }
  output "it" {
    value = [task.bash_run.a.stdout, task.bash_run.a.stderr, task.bash_run.a.returncode, task.bash_run.a.command, task.bash_run.a.env.A, task.bash_run.a.changed]
  }`);
  expect(done.log).toContain(
    `it = ${JSON.stringify(["out \n1true", "err", 0, "echo ' out '; echo err >&2; echo $A$B", 1, true])}`,
  );
  const typo = await place.tasks(`
  task "bash_run" "a" {
    command = "true"
  }
  output "it" {
    value = task.bash_run.a.stdot
  }`);
  expect(typo.code).toBe(1);
  expect(typo.stderr).toContain('"task.bash_run.a" has no attribute "stdot", did you mean "stdout"?');
  expect(typo.stderr).toContain("flow.hcl:7:29");
});

test("F13: _retry tries again, _timeout ends it with its processes", async () => {
  const done = await place.tasks(`
  task "bash_run" "slow" {
    command = "echo x >>slow; sleep 987654"
    _timeout = 5
    _retry = { stop_after = "9 times" }
  }
  task "bash_run" "three" {
    command = "echo x >>three; test $(wc -l <three) = 3"
    _retry = { stop_after = "5 times | 60 seconds", wait = wait_fixed(0.01) + wait_fixed(0.01) }
  }
  task "bash_run" "two" {
    command = "echo x >>two; false"
    _retry = { stop_after = "2 times" }
  }
  task "bash_run" "seconds" {
    command = "echo x >>seconds; false"
    _retry = { stop_after = "6 seconds", wait = 1 }
  }
  task "bash_run" "number" {
    command = "echo x >>number; false"
    _retry = 2
  }`);
  expect(done.code).toBe(2);
  const lines = async (name: string): Promise<number> => (await place.work.read(name)).split("\n").length - 1;
  expect(await Promise.all(["three", "two", "number", "slow"].map(lines))).toEqual([3, 2, 2, 1]);
  expect(await lines("seconds")).toBeGreaterThan(1);
  expect(await lines("seconds")).toBeLessThan(8);
  expect(done.log).toContain('"task.bash_run.three" is successful.');
  expect(done.log.find((line) => line.startsWith('"task.bash_run.slow" is failed'))).toContain(
    "timed out after 5 s",
  );
  const wrong = await place.tasks(`
  task "bash_run" "a" {
    command = "true"
    _retry = { stop_after = "often" }
    _timeout = "soon"
  }`);
  expect([wrong.code, wrong.stderr]).toEqual([
    1,
    expect.stringContaining('invalid _retry.stop_after: "often"'),
  ]);
});

test("F15: files of text and bytes, and /dev/stdout", async () => {
  const done = await place.tasks(`
  task "file_write" "b" {
    filename = "b"
    b64content = "AP/+"
  }
  task "file_read" "b" {
    filename = task.file_write.b.filename
    _depends_on = [task.file_write.b]
  }
  task "file_write" "c" {
    filename = "c"
    b64content = task.file_read.b.b64content
  }
  task "file_write" "out" {
    filename = "/dev/stdout"
    content = "hello 世界"
  }
  task "file_read" "text" {
    filename = "b"
    _depends_on = [task.file_write.b]
  }
  task "file_write" "bad" {
    filename = "d"
    content = task.file_read.text.content
  }
  task "file_read" "none" {
    filename = "nowhere"
  }`);
  expect([done.code, done.stdout]).toEqual([2, "hello 世界\n"]);
  const { readFile } = await import("node:fs/promises");
  expect((await readFile(place.work.path("c"))).toString("hex")).toBe("00fffe");
  expect(done.log.find((line) => line.includes("file_write.bad"))).toContain("is started");
  expect(done.log.find((line) => line.includes('file_write.bad" is failed'))).toContain(
    "the file is no UTF-8 text",
  );
  expect(done.log.find((line) => line.includes('file_read.none" is failed'))).toContain("nowhere");
  const wrong = await place.tasks('task "file_write" "w" {\n filename = "x"\n}\n');
  expect(wrong.stderr).toContain("wanted exactly one of content and b64content");
});

test("F16: names of a template's context are known only there", async () => {
  const done = await place.tasks(`
  task "bash_run" "a" {
    command = "echo 5"
  }
  task "hcl2_template" "t" {
    source = "\${greeting} \${upper(name)} \${task.bash_run.a.stdout}"
    context = { greeting = "hello", name = "x\${task.bash_run.a.stdout}" }
  }
  task "bash_run" "b" {
    command = "echo '\${task.hcl2_template.t.content}'"
  }`);
  expect([done.code, done.stdout]).toEqual([0, "5\nhello X5 5\nhello X5 5\n"]);
  const wrong = await place.tasks(`
  task "hcl2_template" "t" {
    source = "x"
    context = { name = 1 }
  }
  task "bash_run" "b" {
    command = name
  }`);
  expect(wrong.stderr).toContain('Nothing is named "name" here');
});

test("F17: a flow runs another one, by path and by text, gives it variables and takes what it exports", async () => {
  await place.work.write(
    "inner.hcl",
    `flow "inner" {
  variable "who" { 
    required = true
  }
  variable "mark" { 
    default = "!"
  }
  task "bash_run" "greet" {
    command = "echo hello \${var.who}\${var.mark}"
  }
  output "length" {
    value = len(task.bash_run.greet.stdout)
  }
}`,
  );
  const done = await place.tasks(`
  task "bash_run" "name" {
    command = "echo bob"
  }
  task "flow_run" "inner" {
    path = "inner.hcl"
    vars = { who = task.bash_run.name.stdout }
    export {
      greeting = "upper(task.bash_run.greet.stdout)"
    }
  }
  task "flow_run" "text" {
    source = "flow \\"t\\" {\\n task \\"bash_run\\" \\"a\\" {\\n command = \\"echo text\\"\\n }\\n}\\n"
  }
  output "it" {
    value = [task.flow_run.inner.greeting, task.flow_run.inner.length]
    }`);
  expect([done.code, done.stdout]).toEqual([0, expect.stringContaining("hello bob!\n")]);
  expect(done.log).toContain('"task.flow_run.inner > task.bash_run.greet" is successful.');
  expect(done.log).toContain('"task.flow_run.text > task.bash_run.a" is successful.');
  expect(done.log).toContain('it = ["HELLO BOB!",10]');
  const wrong = await place.tasks(`
  task "flow_run" "a" {
    path = "nowhere.hcl"
  }
  task "flow_run" "b" {
    path = "inner.hcl"
    vars = { whom = 1 }
  }
  task "flow_run" "c" {
    path = "inner.hcl"
  }
  task "flow_run" "d" {
  }
  task "flow_run" "e" {
    path = "flow.hcl"
  }`);
  for (const text of [
    "nowhere.hcl",
    'The flow "inner" has no variable "whom", did you mean "who"?',
    'The variable "who" of that flow is required, and not given',
    "flow_run wants exactly one of path, source and module",
    'The flow "x" would run within itself',
  ])
    expect(wrong.stderr).toContain(text);
});

test("sensitive variables are hidden in all that is shown and kept", async () => {
  const done = await place.apply(
    `flow "x" {
  variable "token" {
    sensitive = true
    required = true
  }
  task "bash_run" "a" {
    command = "echo \${var.token}; ps -o args= -p $$ | grep -c s3cr3t-value || true"
  }
  task "bash_run" "env" {
    command = "echo $T"
    env = { T = var.token }
    _depends_on = [task.bash_run.a]
  }
  output "it" {
    value = task.bash_run.a.command
  }
  output "no" {
    value = "visible"
    sensitive = true
  }
}`,
    ["--var", "token=s3cr3t-value"],
  );
  expect(done.stdout).toBe("[REDACTED]\n0\n[REDACTED]\n");
  expect(done.log).toContain("no = (sensitive)");
  expect(done.stderr).not.toContain("s3cr3t-value");
  const { execa } = await import("execa");
  expect((await execa("grep", ["-rl", "s3cr3t-value", place.work.state], { reject: false })).stdout).toBe("");
});
