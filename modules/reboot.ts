import { defineModule, duration, type Script, sh, text, z } from "../src/index.ts";

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
    const now = sh`sh -c ${command ?? 'shutdown -r -- now "$1" || reboot'} sh ${message}`;
    await host.reboot({
      script: delay > 0 ? later(now, Math.ceil(delay / 1000)) : atOnce(now),
      settle: delay,
      timeout,
      test: test === "true" ? undefined : sh`sh -c ${test}`,
    });
    return { changed: true, message: "rebooted" };
  },
});

/** Outlives the session, and answers before the host goes down. */
function later(now: Script, seconds: number): Script {
  return sh`( trap '' HUP; sleep ${seconds}; ${now} ) >/dev/null 2>&1 </dev/null &`;
}

/** Outlives the session too, but waits a second for a refusal. */
function atOnce(now: Script): Script {
  return sh`
( trap '' HUP; said=$(${now} 2>&1) || { code=$?; printf '%s\\n' "$said" >&2; exit $code; } ) </dev/null &
tries=0
while [ $tries -lt 10 ] && kill -0 $! 2>/dev/null; do
  tries=$((tries + 1)); sleep 0.1 2>/dev/null || { sleep 1; tries=10; }
done
kill -0 $! 2>/dev/null || wait $!`;
}
