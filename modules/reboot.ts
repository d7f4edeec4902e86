import { defineModule, duration, sh, text, z } from "../src/index.ts";

/** Reboots the host and goes on. */
export const reboot = defineModule({
  name: "reboot",
  category: "Services",
  summary:
    "Reboots the host, waits until it is back with another boot id, and goes on; also after a crash of rcm.",
  example: 'reboot({ message: "new kernel", timeout: "5m" })',
  options: z.strictObject({
    delay: duration.default(0).describe("wait this long on the host before it goes down"),
    message: text.default("Reboot by rcm").describe("what its users are told"),
    timeout: duration.default(600_000).describe("the host must be back after this long"),
    command: text
      .optional()
      .describe("shell command that reboots; `shutdown -r now`, or `reboot` where that fails"),
    test: text.default("true").describe("shell command that must succeed after the reboot"),
  }),
  changes: true,
  describe: ({ delay }) => `would reboot the host${delay > 0 ? ` in ${delay} ms` : ""}`,
  run: async ({ delay, message, timeout, command, test }, host) => {
    const now = command === undefined ? sh`shutdown -r now "$1" || reboot` : sh`${sh.raw(command)}`;
    // Away from this session, so that it answers before the host goes down.
    const later = sh`nohup sh -c ${`sleep ${Math.ceil(delay / 1000)}; ${now.text}`} sh ${message} >/dev/null 2>&1 </dev/null &`;
    await host.reboot({
      script: later,
      settle: delay,
      timeout,
      test: test === "true" ? undefined : sh`sh -c ${test}`,
    });
    return { changed: true, message: "rebooted" };
  },
});
