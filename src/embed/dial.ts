import { DEFAULT_HANDSHAKES, type Dial, prepareDial } from "../engine/dial.ts";
import { RcmError } from "../errors.ts";
import type { Plan } from "../plan/plan.ts";
import { parseDuration } from "../util/duration.ts";
import type { ConnectionOptions } from "./options.ts";
import type { Ask } from "./passwords.ts";

/** Prepares the connections to the hosts of a plan. */
export async function dialFor(
  hosts: Plan["hosts"],
  { connectTimeout = "10s", authTimeout = "30s" }: ConnectionOptions,
  ask: Ask,
): Promise<Dial> {
  return await prepareDial(
    hosts.map(({ host }) => host),
    {
      connectTimeout: durationOf("connectTimeout", connectTimeout),
      authTimeout: durationOf("authTimeout", authTimeout),
      handshakes: DEFAULT_HANDSHAKES,
      askPassphrase: ask && ((path) => ask(`Passphrase of ${path}`)),
      env: process.env,
    },
  );
}

function durationOf(name: string, value: string | number): number {
  const ms = parseDuration(value);
  if (ms !== undefined && ms > 0) return ms;
  throw new RcmError(`${name} is ${JSON.stringify(value)}: wanted a duration such as 500, "2s", "1m"`, {
    code: "usage",
  });
}
