import { setTimeout as delay } from "node:timers/promises";
import { defineModule, duration, z } from "../src/index.ts";

/** Waits. */
export const pause = defineModule({
  name: "pause",
  category: "Utility",
  summary: "Waits for a while.",
  example: 'pause({ duration: "30s" })',
  secretOptions: ["message"],
  options: z.strictObject({
    duration: duration
      .refine((ms) => ms > 0, "wanted more than 0")
      .describe('how long: milliseconds, or "30s", "2m"'),
    message: z.string().optional().describe("why, for those who watch"),
  }),
  changes: false,
  describe: ({ duration: ms }) => `would pause for ${ms} ms`,
  run: async ({ duration: ms, message }, { signal, log }) => {
    if (message !== undefined) log(`${message}\n`);
    await delay(ms, undefined, { signal });
    return { changed: false, message: `paused for ${ms} ms`, output: message ?? "" };
  },
});
