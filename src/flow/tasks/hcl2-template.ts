import { z } from "zod";
import { defineModule } from "../../module/define.ts";
import type { RunHost, RunResult } from "../../module/run.ts";

/** Gives what a template came to. */
export const hcl2Template = defineModule({
  name: "hcl2_template",
  category: "Flows",
  summary: "Gives a text or value that was made of a template; it does not go to the host.",
  example: "hcl2Template({ content: (ctx) => `hello ${ctx.host.name}` })",
  secretOptions: ["content"],
  options: z.strictObject({ content: z.json().describe("what the template came to") }),
  changes: false,
  describe: () => "made of a template",
  run: async ({ content }, host) => given(content, host),
  preview: async ({ content }, host) => given(content, host),
});

function given(content: unknown, { log }: RunHost): RunResult<unknown> {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  log(text.endsWith("\n") ? text : `${text}\n`);
  return { changed: false, message: "", output: content };
}
