import type { Socket } from "node:net";
import { type Opened, openSocket, type SocketTarget } from "./socket.ts";

/** Milliseconds after which a server may soon lose its patience with one that says nothing. */
const MAX_AGE = 5000;

/**
 * Sockets that are opened before anybody can say a word over them, so that a host begins its side of the connection
 * while keys are read and the run is written down. Each is taken once, or closed.
 */
export class EarlySockets {
  readonly #sockets = new Map<string, Promise<Opened>>();
  readonly #over: AbortSignal;

  /** @param over those that nobody has taken when it aborts, are closed */
  constructor(over: AbortSignal) {
    this.#over = over;
    over.addEventListener("abort", () => this.#close(), { once: true });
  }

  open(name: string, target: SocketTarget): void {
    if (this.#over.aborted) return;
    const opening = openSocket(target);
    opening.catch(() => undefined); // who takes it is told
    this.#sockets.set(name, opening);
    setTimeout(() => this.#drop(name, opening), MAX_AGE).unref();
  }

  /** The socket to that host; undefined where there is none, or not any more. */
  take(name: string): Promise<Opened> | undefined {
    const opening = this.#sockets.get(name);
    this.#sockets.delete(name);
    return opening;
  }

  #close(): void {
    for (const [name, opening] of this.#sockets) this.#drop(name, opening);
  }

  #drop(name: string, opening: Promise<Opened>): void {
    if (this.#sockets.get(name) !== opening) return;
    this.#sockets.delete(name);
    const destroy = ({ socket }: { readonly socket: Socket }): void => void socket.destroy();
    opening.then(destroy, () => undefined);
  }
}
