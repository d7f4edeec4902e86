import { inspect } from "node:util";
import { defineModule, z } from "../src/index.ts";

/** Shows a message. */
export const debug = defineModule({
  name: "debug",
  category: "Utility",
  summary: "Shows a message; it does not go to the host.",
  example: "debug({ message: (ctx) => ctx.facts })",
  secretOptions: ["message"],
  options: z.strictObject({ message: z.unknown().describe("a text, or any value: it is shown as JSON") }),
  changes: false,
  describe: ({ message }) => show(message),
  run: async ({ message }, { log }) => {
    log(`${show(message)}\n`);
    const json = asJson(message);
    return { changed: false, message: show(message), output: json === undefined ? show(message) : message };
  },
});

function show(message: unknown): string {
  return typeof message === "string" ? message : (asJson(message) ?? inspect(message));
}

/** Undefined for what JSON has no words for: a cycle, a bigint. */
function asJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
