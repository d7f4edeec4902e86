import { actionOptions, group, text, z } from "../../src/index.ts";

const variable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "wanted the name of an environment variable");

export const options = z
  .strictObject({
    script: text.optional().describe("the script itself"),
    file: text.min(1).optional().describe("a local file that holds the script, relative to the runbook"),
    args: z.array(text).default([]).describe("the script's arguments"),
    envInclude: z
      .array(variable)
      .optional()
      .describe("pass on only these variables of the session's environment, and the step's secrets"),
    envExclude: z.array(variable).optional().describe("pass on all but these"),
    ...actionOptions,
  })
  .check(
    group(["script", "file"], { required: true, exclusive: true }),
    group(["envInclude", "envExclude"], { exclusive: true }),
  );

export type Options = z.output<typeof options>;
