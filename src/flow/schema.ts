import { z } from "zod";
import { snakeCase } from "./check/arguments.ts";
import { OUTPUT } from "./tasks/output.ts";
import type { ModuleTask, TaskType } from "./tasks/task-type.ts";

/** A JSON Schema, of draft 2020-12. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

/** An expression in HCL's JSON form: a text with `${…}` in it. */
const EXPRESSION = { $ref: "#/$defs/expression" };
const TEXT = { anyOf: [{ type: "string" }, EXPRESSION] };

/** The arguments of every task. */
const OWN: Readonly<Record<string, JsonSchema>> = {
  _depends_on: { type: "array", description: "tasks to wait for, and conditions that must hold" },
  _when: expression({ type: "boolean", description: "run only if this is true" }),
  _retry: expression({
    description: "attempts in all, or when to stop and how long to wait",
    anyOf: [
      { type: "integer", minimum: 1 },
      {
        type: "object",
        properties: { stop_after: { type: "string" }, wait: {} },
        additionalProperties: false,
      },
    ],
  }),
  _timeout: expression({
    type: "number",
    exclusiveMinimum: 0,
    description: "seconds for all attempts together",
  }),
  _become: expression({ type: ["boolean", "string"], description: "true, false, or the user to become" }),
  _hosts: expression({ description: "patterns of the hosts that it runs on", type: ["string", "array"] }),
};

/** The arguments of `flow_run`. */
const FLOW_RUN: Readonly<Record<string, JsonSchema>> = {
  path: { ...TEXT, description: "the file of the flow" },
  source: { ...TEXT, description: "the flow itself, as a text" },
  module: { ...TEXT, description: "a flow of a package" },
  vars: { type: ["object", "string"], description: "values for its variables" },
  export: { description: "names for expressions of that flow", type: ["object", "array"] },
};

/**
 * A JSON Schema of flows for editors: blocks nest as in HCL's JSON form, `flow.NAME.task.TYPE.NAME`. Of a task type,
 * `x-results` are the names that can be read of it when it has run.
 */
export function flowSchema(types: Iterable<TaskType>): JsonSchema {
  const all = [...types].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "A flow of rcm",
    ...closed({ flow: { ...named({ $ref: "#/$defs/flow" }), minProperties: 1, maxProperties: 1 } }, ["flow"]),
    $defs: {
      expression: { type: "string", pattern: "\\$\\{", description: "an expression" },
      flow: closed({
        import: closed({
          tasks: { type: ["array", "object"], description: "task types from files and packages" },
          functions: { type: ["array", "object"], description: "functions from files and packages" },
        }),
        variable: named(variable()),
        task: closed(
          Object.fromEntries(all.map(({ name }) => [name, named({ $ref: `#/$defs/task_${name}` })])),
        ),
        output: named(ofModule(OUTPUT, ["name"])),
      }),
      ...Object.fromEntries([...all, OUTPUT].flatMap(definitionsOf)),
      ...Object.fromEntries(all.map((type) => [`task_${type.name}`, ofTask(type)])),
    },
  };
}

function ofTask(type: TaskType): JsonSchema {
  if (type.kind === "module") return ofModule(type);
  if (type.kind === "template") {
    const context = { type: ["object", "string"], description: "names that only the source knows" };
    return withOwn(type, { source: { ...TEXT, description: "the template" }, context }, ["source"]);
  }
  return type.kind === "flow"
    ? closed({ ...FLOW_RUN, ...OWN })
    : { type: "object", description: `runs the runbook "${type.runbook.name}"` };
}

interface Options {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  /** What is used at several places of it. */
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
}

/** The schema of a module's options; its own definitions bear the module's name. */
function optionsOf({ definition: { name, options } }: ModuleTask): Options {
  const schema = z.toJSONSchema(options, { io: "input", unrepresentable: "any" });
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', `"#/$defs/${name}_`)) as Options;
}

/** What its options use at several places, by names that are unique. */
function definitionsOf(type: TaskType): ReadonlyArray<readonly [string, JsonSchema]> {
  if (type.kind !== "module") return [];
  return Object.entries(optionsOf(type).$defs ?? {}).map(([name, one]) => [`${type.name}_${name}`, one]);
}

/** @param without options that are not written as arguments */
function ofModule(type: ModuleTask, without: readonly string[] = []): JsonSchema {
  const { properties = {}, required = [] } = optionsOf(type);
  const kept = Object.entries(properties).filter(([name]) => !without.includes(name));
  const args = kept.map(([name, one]) => [snakeCase(name), expression(one)] as const);
  const wanted = required.filter((name) => !without.includes(name)).map(snakeCase);
  return withOwn(type, Object.fromEntries(args), wanted);
}

function withOwn(
  { definition, results }: Pick<ModuleTask, "definition" | "results">,
  args: Readonly<Record<string, JsonSchema>>,
  required: readonly string[],
): JsonSchema {
  const own = definition === OUTPUT.definition ? {} : { ...OWN };
  return {
    description: definition.summary,
    ...closed({ ...args, ...own }, required),
    "x-results": Object.keys(results),
  };
}

function variable(): JsonSchema {
  return closed({
    default: { description: "its value when none is given" },
    required: { type: "boolean", description: "true: a value must be given" },
    type: { type: "string", description: "a type such as string, list(number) or object({ a = string })" },
    sensitive: { type: "boolean", description: "true: hidden in all that is shown and kept" },
    description: { type: "string", description: "what it is for" },
  });
}

/** What a schema takes, or an expression that gives it; what the schema says of it stays on top, where editors look. */
function expression({ description, default: value, ...schema }: JsonSchema): JsonSchema {
  return {
    ...(description === undefined ? {} : { description }),
    ...(value === undefined ? {} : { default: value }),
    anyOf: [schema, ...blocksOf(schema), EXPRESSION],
  };
}

/** A list of objects may be written as blocks, and one block as an object. */
function blocksOf({ type, items }: JsonSchema): readonly JsonSchema[] {
  const item = items as JsonSchema | undefined;
  return type === "array" && item?.type === "object" ? [item] : [];
}

/** An object with these properties and no others. */
function closed(
  properties: Readonly<Record<string, JsonSchema>>,
  required: readonly string[] = [],
): JsonSchema {
  return {
    type: "object",
    properties,
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  };
}

/** Blocks by their labels. */
function named(block: JsonSchema): JsonSchema {
  return { type: "object", additionalProperties: block };
}
