import { DEFAULT_HANDSHAKES, type Dial, prepareDial } from "../engine/dial.ts";
import { RcmError } from "../errors.ts";
import type { Host } from "../inventory/model.ts";
import { type Plan, stepsOf } from "../plan/plan.ts";
import { parseDuration } from "../util/duration.ts";
import type { ConnectionOptions } from "./options.ts";
import type { Ask } from "./passwords.ts";

/** What connections are prepared with. */
export interface DialSource {
  readonly plan: Pick<Plan, "hosts" | "parts">;
  readonly connection: ConnectionOptions;
  readonly ask: Ask;
  /** How many hosts are at work at once; 0 when it is not known that any will be connected to. */
  readonly forks: number;
  /** No host will be connected to any more. */
  readonly over: AbortSignal;
}

/** Prepares the connections to the hosts of a plan. */
export async function dialFor({ plan, connection, ask, forks, over }: DialSource): Promise<Dial> {
  const { connectTimeout = "10s", authTimeout = "30s" } = connection;
  return await prepareDial(
    plan.hosts.map(({ host }) => host),
    {
      connectTimeout: durationOf("connectTimeout", connectTimeout),
      authTimeout: durationOf("authTimeout", authTimeout),
      handshakes: DEFAULT_HANDSHAKES,
      askPassphrase: ask && ((path) => ask(`Passphrase of ${path}`)),
      env: process.env,
      first: { hosts: firstHosts(plan).slice(0, forks), over },
    },
  );
}

/** Those that have something to do and wait for nobody. */
function firstHosts({ hosts, parts }: DialSource["plan"]): readonly Host[] {
  const names = new Set(
    parts.filter(({ awaits }) => awaits.length === 0).flatMap(({ batches }) => batches[0] ?? []),
  );
  return hosts
    .filter((plan) => names.has(plan.host.name) && stepsOf(plan).length > 0)
    .map(({ host }) => host);
}

function durationOf(name: string, value: string | number): number {
  const ms = parseDuration(value);
  if (ms !== undefined && ms > 0) return ms;
  throw new RcmError(`${name} is ${JSON.stringify(value)}: wanted a duration such as 500, "2s", "1m"`, {
    code: "usage",
  });
}
