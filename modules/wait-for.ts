import { isIPv4, isIPv6 } from "node:net";
import type { Duplex } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { defineModule, dependsOn, duration, group, path, type RunHost, sh, text, z } from "../src/index.ts";

/** As the kernel numbers the states of a TCP connection. */
const TCP_STATES = {
  ESTABLISHED: "01",
  SYN_SENT: "02",
  SYN_RECV: "03",
  FIN_WAIT1: "04",
  FIN_WAIT2: "05",
  TIME_WAIT: "06",
} as const;
const ALL_STATES = Object.keys(TCP_STATES) as Array<keyof typeof TCP_STATES>;
/** Bytes of what a server says first that are looked at. */
const MAX_GREETING = 16 * 1024;

const address = text.refine((value) => isIPv4(value) || isIPv6(value), "wanted an IP address");

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
      .describe(
        "a line of the file, or of what the server at the port says first, must match this extended regular expression (grep -E)",
      ),
    searchFrom: z
      .enum(["start", "now"])
      .default("start")
      .describe(
        "`now`: only lines of the file that come while it waits; after a rotation those of the new file",
      ),
    state: z
      .enum(["present", "started", "absent", "stopped", "drained"])
      .default("present")
      .describe(
        "`started` is `present`; `absent`, `stopped`: wait until the port is closed or the path has gone; `drained`: until nobody is connected to the host's port any more",
      ),
    excludeHosts: z
      .array(address)
      .default([])
      .describe("drained: connections with these addresses do not count"),
    activeConnectionStates: z
      .array(z.enum(ALL_STATES))
      .min(1)
      .default(ALL_STATES)
      .describe("drained: only connections in these states count"),
    delay: duration.default(0).describe("wait this long before looking for the first time"),
    timeout: duration.default(30_000).describe("give up after this long"),
    interval: duration.default(500).describe("look again after this long"),
    connectTimeout: duration
      .refine((ms) => ms > 0, "wanted more than 0")
      .default(5000)
      .describe("how long a connection to the port may take to open"),
    message: text.min(1).optional().describe("what the step's error is when time is up"),
  })
  .check(group(["port", "path"], { required: true, exclusive: true }), dependsOn("host", "port"))
  .refine(
    (all) => all.searchFrom === "start" || (all.path !== undefined && all.search !== undefined),
    "searchFrom: now requires path and search to be present",
  )
  .refine((all) => all.searchFrom === "start" || !isGone(all), "searchFrom: now waits for lines that come")
  .refine(
    (all) => all.state !== "drained" || all.port !== undefined,
    "the state drained requires port to be present",
  )
  .refine(
    (all) => all.state !== "drained" || all.search === undefined,
    "the state drained and search exclude each other",
  )
  .refine(
    (all) => all.state !== "drained" || all.host === undefined || address.safeParse(all.host).success,
    "for the state drained, host is one of the host's own IP addresses",
  )
  .refine(
    (all) => all.state === "drained" || all.excludeHosts.length === 0,
    "excludeHosts goes with the state drained",
  );

type Options = z.output<typeof options>;

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
    const look = await lookout(wanted, host);
    await delay(wanted.delay, undefined, { signal: host.signal });
    const until = Date.now() + wanted.timeout;
    for (;;) {
      const seen = await look();
      if ((seen !== undefined) !== isGone(wanted))
        return {
          changed: false,
          message: `condition met after ${Date.now() - startedAt} ms`,
          output: seen ?? "",
        };
      const left = until - Date.now();
      if (left <= 0) {
        const late = `timeout waiting for ${target(wanted)} after ${wanted.timeout / 1000} s`;
        return { changed: false, message: "", error: wanted.message ?? late };
      }
      await delay(Math.min(wanted.interval, left), undefined, { signal: host.signal });
    }
  },
});

function isGone({ state }: { readonly state: string }): boolean {
  return state === "absent" || state === "stopped";
}

/** What looks whether it is there: the line that was found, an empty text where none was wanted, undefined for no. */
async function lookout(wanted: Options, host: RunHost): Promise<() => Promise<string | undefined>> {
  const { port, host: at = "127.0.0.1", path: file = "", search, searchFrom, connectTimeout } = wanted;
  if (wanted.state === "drained") return () => drained(wanted, host);
  if (port !== undefined && search !== undefined) return () => greeting(wanted, search, host);
  if (port !== undefined)
    return async () => ((await host.reaches(at, port, connectTimeout)) ? "" : undefined);
  if (search === undefined) return () => lineOf(host, sh`test -e ${file}`);
  if (searchFrom === "start")
    return () => lineOf(host, sh`test -e ${file} && grep -E -m 1 -e ${search} -- ${file}`);
  const known = sh`stat -L -c '%d:%i %s' -- ${file} 2>/dev/null`;
  const { stdout: start } = await host.exec(sh`${known} || :`);
  const [inode = "", size = ""] = start.trim().split(" ");
  return () =>
    lineOf(
      host,
      sh`n=$(${known}) || exit 1; s=${size || "0"}
b=1; if [ "\${n% *}" = ${inode} ] && [ "\${n#* }" -ge "$s" ]; then b=$((s + 1)); fi
tail -c "+$b" -- ${file} | grep -E -m 1 -e ${search}`,
    );
}

async function lineOf(host: RunHost, script: ReturnType<typeof sh>): Promise<string | undefined> {
  const { exitCode, stdout, stderr } = await host.exec(script);
  if (exitCode > 1) throw new Error(`cannot look for it: ${stderr.trim()}`);
  return exitCode === 0 ? stdout.replace(/\n$/, "") : undefined;
}

/** Nobody need speak: after the time for connecting, what was said until then is all. */
async function greeting(
  { port = 0, host: at = "127.0.0.1", connectTimeout, interval }: Options,
  search: string,
  host: RunHost,
): Promise<string | undefined> {
  const patience = AbortSignal.any([host.signal, AbortSignal.timeout(Math.max(connectTimeout, interval))]);
  const stream = await host.connect(at, port, patience).catch((error: unknown) => {
    // A host that forbids it will not allow it later.
    if ((error as { code?: unknown }).code !== undefined && !patience.aborted) throw error;
    return undefined;
  });
  return stream && (await saidBy(stream, search, host));
}

async function saidBy(stream: Duplex, search: string, host: RunHost): Promise<string | undefined> {
  let said = "";
  try {
    for await (const chunk of stream) {
      said = `${said}${(chunk as Buffer).toString("latin1")}`.slice(0, MAX_GREETING);
      const line = await lineOf(
        host,
        sh`printf '%s\n' ${said.replaceAll("\0", "")} | grep -E -m 1 -e ${search}`,
      );
      if (line !== undefined || said.length === MAX_GREETING) return line;
    }
  } catch (error) {
    if (!stream.destroyed) throw error;
  } finally {
    stream.destroy();
  }
  return undefined;
}

/** Counts connections in the kernel's own list; an empty text when there is none. */
async function drained(
  { port = 0, host: own, excludeHosts, activeConnectionStates }: Options,
  { exec }: RunHost,
): Promise<string | undefined> {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  const local = own === undefined ? "[0-9A-F]+" : `(${kernelForms(own).join("|")})`;
  const peers = excludeHosts.flatMap(kernelForms).join("|") || "none";
  const states = activeConnectionStates.map((state) => TCP_STATES[state]).join("|");
  const { exitCode, stdout, stderr } = await exec(
    sh`[ -r /proc/net/tcp ] || { echo "it has no /proc/net/tcp" >&2; exit 1; }
cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | grep -E ${`^ *[0-9]+: ${local}:${hex} [0-9A-F]+:[0-9A-F]+ (${states}) `} | grep -vcE ${`^ *[0-9]+: [^ ]+ (${peers}):`} || :`,
  );
  if (exitCode !== 0) throw new Error(`cannot count the host's connections: ${stderr.trim()}`);
  return stdout.trim() === "0" ? "" : undefined;
}

/** An address as the kernel of a little-endian machine prints it, an IPv4 one also as it stands in IPv6. */
function kernelForms(ip: string): string[] {
  const swap = (bytes: readonly number[]): string =>
    Array.from({ length: bytes.length / 4 }, (_, i) => bytes.slice(4 * i, 4 * i + 4).reverse())
      .flat()
      .map((byte) => byte.toString(16).toUpperCase().padStart(2, "0"))
      .join("");
  const v4 = /(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(ip)?.slice(1).map(Number);
  if (v4 && !ip.includes(":")) return [swap(v4), swap([...Array<number>(10).fill(0), 255, 255, ...v4])];
  // The parser of URLs writes an IPv6 address in its shortest form, without dots.
  const [head = "", tail] = new URL(`http://[${ip.replace(/%.*/, "")}]/`).hostname.slice(1, -1).split("::");
  const words = (part: string): number[] =>
    part === ""
      ? []
      : part.split(":").flatMap((word) => [Number.parseInt(word, 16) >> 8, Number.parseInt(word, 16) & 255]);
  const [before, after] = [words(head), words(tail ?? "")];
  return [swap([...before, ...Array<number>(16 - before.length - after.length).fill(0), ...after])];
}

function target({ port, host = "the host", path: file, search, searchFrom, state }: Options): string {
  const place = port === undefined ? file : `port ${port} of ${host}`;
  const when = searchFrom === "now" ? "a new line with " : "";
  const what =
    search === undefined ? place : `${when}/${search}/ ${port === undefined ? "in" : "from"} ${place}`;
  if (state === "drained") return `the connections to ${what} to end`;
  return isGone({ state }) ? `${what} to go` : `${what}`;
}
