import { defineModule, type RunResult, text, z } from "../src/index.ts";

const options = z.strictObject({
  that: z
    .union([
      z.boolean(),
      z.array(z.boolean()).min(1),
      z
        .record(z.string(), z.boolean())
        .refine((all) => Object.keys(all).length > 0, "wanted at least one condition"),
    ])
    .describe(
      "what must hold, mostly functions of the context: one, a list, or an object whose keys name them",
    ),
  failMsg: text.optional().describe("what is said when something does not hold"),
  successMsg: text.optional().describe("what is said when all holds"),
});

/** Fails unless something holds. */
export const assert = defineModule({
  name: "assert",
  category: "Utility",
  summary: "Fails unless all of its conditions hold; in a dry run, too.",
  example:
    'assert({ that: { "2 GB of memory": (ctx) => ctx.facts.memoryMb >= 2000 }, failMsg: "too small" })',
  secretOptions: ["that", "failMsg", "successMsg"],
  options,
  changes: false,
  describe: () => "would check conditions",
  preview: async (wanted) => judge(wanted),
  run: async (wanted) => judge(wanted),
});

function judge({ that, failMsg, successMsg }: z.output<typeof options>): RunResult<boolean> {
  const failed = conditions(that).flatMap(([name, holds]) => (holds ? [] : [name]));
  if (failed.length === 0)
    return { changed: false, message: successMsg ?? "all assertions hold", output: true };
  const error = `${failMsg === undefined ? "" : `${failMsg}: `}${failed.join(", ")} does not hold`;
  return { changed: false, message: "", error, output: false };
}

function conditions(that: z.output<typeof options>["that"]): ReadonlyArray<readonly [string, boolean]> {
  if (typeof that === "boolean") return [["the assertion", that]];
  if (!Array.isArray(that)) return Object.entries(that).map(([name, holds]) => [`"${name}"`, holds]);
  return that.map((holds, i) => [`assertion ${i + 1} of ${that.length}`, holds]);
}
