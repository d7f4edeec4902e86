import type { Duplex } from "node:stream";

/** Methods of sockets that libraries call and that a stream through SSH has not. */
const MISSING = ["setTimeout", "setKeepAlive", "setNoDelay", "ref", "unref"] as const;

/** A stream to a port, with what libraries expect of a socket: calls without an effect on what passes through SSH. */
export function asSocket(stream: Duplex): Duplex {
  const socket = stream as Duplex & Record<string, unknown>;
  for (const name of MISSING) socket[name] ??= () => stream;
  return stream;
}
