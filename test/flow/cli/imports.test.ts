import { mkdir } from "node:fs/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FlowPlace } from "../support/flow-place.ts";

let place: FlowPlace;
beforeEach(async () => {
  place = await FlowPlace.make();
});
afterEach(async () => {
  await place[Symbol.asyncDispose]();
});

const TASKS = `import { defineModule, runbook, z } from "rcm";
import { command } from "rcm/modules";
export const shout = defineModule({ name: "shout", category: "X", summary: "x", changes: false, describe: () => "",
  options: z.strictObject({ text: z.string() }),
  run: async ({ text }, { log }) => { log(text.toUpperCase() + "\\n"); return { changed: false, message: "" }; } });
export const book = runbook("book", { params: z.object({ who: z.string() }) }, ({ step, params }) => {
  const hi = step("hi", command({ cmd: "echo hi " + params.who }), { post: (out) => out.trim() });
  return { hi };
});
export const twice = (text: string, options: { sep?: string } = {}): string => text + (options.sep ?? "") + text;
export const later = async (): Promise<number> => 1;
export const notATask = 5;
`;

test("F21: tasks and functions, by list and by map: modules, runbooks and flows", async () => {
  await mkdir(place.work.path("lib"));
  await place.work.write("lib/tasks.ts", TASKS);
  await mkdir(place.work.path("node_modules"));
  await mkdir(place.work.path("node_modules/pkg"));
  await place.work.write(
    "node_modules/pkg/package.json",
    '{"name":"pkg","type":"module","exports":{"./sub":"./sub.js"}}',
  );
  await place.work.write("node_modules/pkg/sub.js", "export const plus = (a, b) => a + b;\n");
  await place.work.write(
    "greet.hcl",
    `flow "greet" {
  variable "name" { 
    required = true
  }
  task "bash_run" "a" {
    command = "echo greet \${var.name}"
  }
  output "said" {
    value = task.bash_run.a.stdout
  }
}`,
  );
  const done = await place.tasks(`
  import {
    tasks     = ["./lib/tasks.ts:shout", "greet:flow"]
    functions = ["lib.tasks:twice", "pkg/sub:plus"]
  }
  import {
    tasks     = { hello = "./lib/tasks.ts:book" }
    functions = { double = "./lib/tasks.ts:twice" }
  }
  task "shout" "s" {
    text = twice("ab", { sep = "-" }...)
  }
  task "greet" "g" {
    name = task.shout.s.stdout
  }
  task "hello" "h" {
    who = double("x")
  }
  output "it" {
    value = [task.greet.g.said, task.hello.h.hi, plus(1, 2)]
  }`);
  expect(done.log).toContain('it = ["greet AB-AB","hi xx",3]');
  expect(done.code).toBe(0);
});

test("F21: what cannot be imported has its place", async () => {
  await place.work.write("tasks.ts", TASKS);
  const done = await place.apply(`flow "x" {
  import {
    task = ["./tasks.ts:shout"]
  }
  import {
    tasks = ["./nowhere.ts:x", "./tasks.ts:shuot", "./tasks.ts:notATask", "nope.at.all:x"]
    functions = { min = "./tasks.ts:twice", seven = "./tasks.ts:notATask" }
  }
  import {
    tasks = { bash_run = "./tasks.ts:shout" }
  }
}`);
  expect(done.code).toBe(1);
  for (const text of [
    'An import has no argument "task", did you mean "tasks"?',
    'Cannot import "./nowhere.ts": no such file',
    'exports no "shuot", did you mean "shout"?',
    "is no task type; expected a module",
    "there is no file nope/at/all.ts or the like beside the flow",
    'There is a function "min" already',
    '"./tasks.ts:notATask" is no function',
    'There is a task type "bash_run" already',
    "flow.hcl:6:14",
  ])
    expect(done.stderr).toContain(text);
  const later = await place.apply(`flow "x" {
  import {
    functions = ["./tasks.ts:later"]
  }
  output "it" {
    value = later()
  }
}`);
  expect(later.stderr).toContain("it is asynchronous");
});
