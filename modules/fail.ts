import { defineModule, type RunResult, text, z } from "../src/index.ts";

const options = z.strictObject({
  message: text.default("failed as the runbook asks for").describe("why"),
});

/** Fails. */
export const fail = defineModule({
  name: "fail",
  category: "Utility",
  summary: "Fails with a message; with `when`, only if something is the case. In a dry run, too.",
  example: 'fail({ message: (ctx) => ctx.facts.distro + " is not supported" })',
  secretOptions: ["message"],
  options,
  changes: false,
  describe: ({ message }) => `would fail: ${message}`,
  preview: async (wanted) => failure(wanted),
  run: async (wanted) => failure(wanted),
});

function failure({ message }: z.output<typeof options>): RunResult<string> {
  return { changed: false, message: "", error: message };
}
