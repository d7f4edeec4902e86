import { setTimeout as delay } from "node:timers/promises";
import { defineModule, dependsOn, duration, group, path, type RunHost, sh, text, z } from "../src/index.ts";

const options = z
  .strictObject({
    port: z
      .number()
      .int()
      .min(1)
      .max(65_535)
      .optional()
      .describe("a TCP port that must take connections, as seen from the host"),
    host: text
      .regex(/^[^\s\0]+$/, "wanted a name or an address")
      .optional()
      .describe("name or address that the port is on; the host itself unless said otherwise"),
    path: path.optional().describe("a path on the host that must exist"),
    search: text
      .optional()
      .describe("a line of the file must match this extended regular expression (grep -E)"),
    state: z
      .enum(["present", "absent"])
      .default("present")
      .describe("`absent`: wait until the port is closed or the path has gone"),
    delay: duration.default(0).describe("wait this long before looking for the first time"),
    timeout: duration.default(30_000).describe("give up after this long"),
    interval: duration.default(500).describe("look again after this long"),
  })
  .check(
    group(["port", "path"], { required: true, exclusive: true }),
    dependsOn("host", "port"),
    dependsOn("search", "path"),
  );

/** Waits for a port, a path or a line in a file. */
export const waitFor = defineModule({
  name: "wait_for",
  category: "Network",
  summary:
    "Waits until a port takes connections, a path exists or a line stands in a file; or until it no longer does.",
  example: 'waitFor({ port: 8080, timeout: "1m" })',
  options,
  changes: false,
  describe: (wanted) => `would wait for ${target(wanted)}`,
  run: async (wanted, host) => {
    const startedAt = Date.now();
    await delay(wanted.delay, undefined, { signal: host.signal });
    const until = Date.now() + wanted.timeout;
    while ((await holds(wanted, host)) !== (wanted.state === "present")) {
      const left = until - Date.now();
      if (left <= 0) {
        const error = `timeout waiting for ${target(wanted)} after ${wanted.timeout / 1000} s`;
        return { changed: false, message: "", error };
      }
      await delay(Math.min(wanted.interval, left), undefined, { signal: host.signal });
    }
    return { changed: false, message: `condition met after ${Date.now() - startedAt} ms` };
  },
});

async function holds(
  { port, host: address = "127.0.0.1", path: file, search, interval }: z.output<typeof options>,
  host: RunHost,
): Promise<boolean> {
  if (port !== undefined) return await host.reaches(address, port, Math.max(1000, interval));
  const { exitCode, stderr } = await host.exec(
    search === undefined
      ? sh`test -e ${file ?? ""}`
      : sh`test -e ${file ?? ""} && grep -Eq -e ${search} ${file ?? ""}`,
  );
  if (exitCode > 1) throw new Error(`cannot look for it: ${stderr.trim()}`);
  return exitCode === 0;
}

function target({ port, host = "the host", path: file, search, state }: z.output<typeof options>): string {
  const what =
    port === undefined
      ? `${search === undefined ? "" : `/${search}/ in `}${file}`
      : `port ${port} of ${host}`;
  return state === "absent" ? `${what} to go` : what;
}
