import { isIPv4, isIPv6 } from "node:net";
import { dependsOn, duration, group, path, text, z } from "../../src/index.ts";

/** As the kernel numbers the states of a TCP connection. */
export const TCP_STATES = {
  ESTABLISHED: "01",
  SYN_SENT: "02",
  SYN_RECV: "03",
  FIN_WAIT1: "04",
  FIN_WAIT2: "05",
  TIME_WAIT: "06",
} as const;

const ALL_STATES = Object.keys(TCP_STATES) as Array<keyof typeof TCP_STATES>;

const address = text.refine((value) => isIPv4(value) || isIPv6(value), "wanted an IP address");

export const options = z
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

export type Options = z.output<typeof options>;

/** Whether it waits for an end. */
export function isGone({ state }: { readonly state: string }): boolean {
  return state === "absent" || state === "stopped";
}
