import { expect, test } from "vitest";
import { z } from "zod";
import * as modules from "../../modules/index.ts";
import { flowSchema } from "../../src/flow/schema.ts";
import { taskTypes } from "../../src/flow/tasks/table.ts";
import { isModule } from "../../src/module/define.ts";
import { FlowPlace } from "./support/flow-place.ts";

const TYPES = taskTypes(Object.values(modules).filter(isModule));
const SCHEMA = flowSchema(TYPES.values());

/** A flow with one task, in HCL's JSON form. */
const task = (type: string, args: object): object => ({ flow: { x: { task: { [type]: { y: args } } } } });

/** What zod, which reads JSON Schemas as others do, says to it. */
const takes = (value: object): boolean =>
  z.fromJSONSchema(SCHEMA as Parameters<typeof z.fromJSONSchema>[0]).safeParse(value).success;

test.each<[what: string, taken: boolean, value: object]>([
  ["a module", true, task("apt", { name: "nginx", state: "present" })],
  ["an expression where a choice is", true, task("apt", { name: "nginx", state: "${var.state}" })],
  ["names in snake case", true, task("http", { url: "http://x", status_code: [200] })],
  [
    "arguments of every task",
    true,
    task("bash_run", { command: "x", _retry: 3, _when: "${var.x}", _become: true }),
  ],
  ["blocks in a task", true, task("sql_row", { dsn: "sqlite:///x", sql: { statement: "select 1" } })],
  ["a flow within", true, task("flow_run", { path: "./x.hcl", vars: { a: 1 } })],
  [
    "all blocks",
    true,
    { flow: { x: { variable: { v: { default: 1 } }, output: { o: { value: 1 } }, import: { tasks: [] } } } },
  ],
  ["a choice that there is not", false, task("apt", { name: "nginx", state: "installed" })],
  ["an argument that there is not", false, task("apt", { nam: "nginx" })],
  ["an argument that is missing", false, task("bash_run", {})],
  ["a type that there is not", false, task("bash_rum", { command: "x" })],
  ["a block that there is not", false, { flow: { x: { tasks: {} } } }],
  ["two flows", false, { flow: { x: {}, y: {} } }],
])("%s: %s", (_what, taken, value) => {
  expect(takes(value)).toBe(taken);
});

test("rcm schema prints it, with every task type, what each is for and what it gives", async () => {
  await using place = await FlowPlace.make();
  const { code, stdout } = await place.run(["schema"]);
  expect(code).toBe(0);
  const printed = JSON.parse(stdout) as {
    readonly $defs: Record<string, { description?: string; "x-results"?: string[] }>;
  };
  expect(printed).toEqual(JSON.parse(JSON.stringify(SCHEMA)));
  for (const name of TYPES.keys()) expect(printed.$defs).toHaveProperty(`task_${name}`);
  expect(printed.$defs.task_apt?.description).toBe(
    TYPES.get("apt")?.kind === "module" ? modules.apt.definition.summary : "",
  );
  expect(printed.$defs.task_file_read?.["x-results"]).toEqual(
    expect.arrayContaining(["content", "b64content", "stdout"]),
  );
});
