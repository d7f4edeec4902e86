import { connect as connectTcp, type Socket } from "node:net";
import { deferred } from "../util/deferred.ts";
import { silent, unreachable } from "./trouble.ts";

/** Where a socket goes, and how many milliseconds it may take to get there. */
export interface SocketTarget {
  readonly address: string;
  readonly port: number;
  readonly connectTimeout: number;
}

/** A socket that is connected. */
export interface Opened {
  readonly socket: Socket;
  /** Milliseconds that it took: a round trip, or a little more where a name had to be looked up. */
  readonly roundTrip: number;
}

/**
 * A socket of our own: Nagle's algorithm must be off from the first byte on.
 *
 * @throws RcmError with code `unreachable`
 */
export async function openSocket({ address, port, connectTimeout }: SocketTarget): Promise<Opened> {
  const begun = performance.now();
  const socket = connectTcp({ host: address, port, noDelay: true });
  const settled = deferred<void>();
  socket.once("connect", settled.resolve);
  socket.once("error", (cause: NodeJS.ErrnoException) => settled.reject(unreachable(address, port, cause)));
  const timer = setTimeout(() => settled.reject(silent(address, port, connectTimeout)), connectTimeout);
  try {
    await settled.promise;
    return { socket, roundTrip: performance.now() - begun };
  } catch (error) {
    socket.on("error", () => undefined);
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
