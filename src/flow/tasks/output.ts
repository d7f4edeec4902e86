import { z } from "zod";
import { defineModule } from "../../module/define.ts";
import type { RunResult } from "../../module/run.ts";
import type { ModuleTask } from "./task-type.ts";

/** Shows a value that a flow gives. */
export const output = defineModule({
  name: "output",
  category: "Flows",
  summary: "Shows a value under a name; it does not go to the host.",
  example: 'output({ name: "address", value: (ctx) => ctx.facts.hostname })',
  secretOptions: ["name", "value", "description"],
  options: z.strictObject({
    name: z.string().describe("what it is called"),
    value: z.json().describe("the value"),
    description: z.string().optional().describe("what it is for"),
    sensitive: z.boolean().default(false).describe("true: neither shown nor kept"),
  }),
  changes: false,
  describe: ({ name }) => name,
  run: async (options) => told(options),
  preview: async (options) => told(options),
});

function told({
  name,
  value,
  sensitive,
}: {
  readonly name: string;
  readonly value: unknown;
  readonly sensitive: boolean;
}): RunResult<unknown> {
  if (sensitive) return { changed: false, message: `${name} = (sensitive)`, output: null };
  return { changed: false, message: `${name} = ${JSON.stringify(value)}`, output: value };
}

/** What an `output` block is. */
export const OUTPUT: ModuleTask = {
  ...{ kind: "module", name: "output", results: {} },
  definition: output.definition,
};
