import { setTimeout as delay } from "node:timers/promises";
import { RcmError } from "../errors.ts";
import type { Become, Connection } from "../transport/connection.ts";
import { isFull } from "../transport/is-full.ts";
import { Session, type SessionOptions } from "../transport/session.ts";
import { Semaphore } from "../util/semaphore.ts";
import { endProcesses } from "./processes.ts";

/** sshd allows 10 channels on a connection: 4 for steps, the others for files and for ending processes. */
const MAX_SESSIONS = 4;
/** Milliseconds for ending a step's processes: it takes two or three seconds, or for ever where the line is dead. */
const END_TIMEOUT = 10_000;

/** What a pool needs to open a session. */
export interface SessionPoolOptions {
  readonly connection: Connection;
  /** Opens a second connection, for when the server gives no more channels on the first. */
  readonly spare: () => Promise<Connection>;
  readonly shell: string;
  /** Directories on the host where the files for that user arrive, short and long ones. */
  readonly foldersOf: (become: Become | undefined) => Pick<SessionOptions, "files" | "longFiles">;
  /** Name of the directory on the host for that user's receipts. */
  readonly receiptsOf: (become: Become | undefined) => string | undefined;
}

/** A session that is lent. */
export interface Lease {
  readonly session: Session;
  /** Ends everything that the session started, and itself. */
  end(): Promise<void>;
  giveBack(): void;
}

/** Does something with a lent session; when the signal aborts meanwhile, everything that it started is ended. */
export async function guarded<T>(
  lease: Lease,
  signal: AbortSignal | undefined,
  task: () => Promise<T>,
): Promise<T> {
  let ending: Promise<void> | undefined;
  const end = (): void => {
    ending = lease.end();
  };
  signal?.addEventListener("abort", end, { once: true });
  try {
    signal?.throwIfAborted();
    return await task();
  } finally {
    signal?.removeEventListener("abort", end);
    await ending;
  }
}

/** The sessions of one connection, by user: lent, given back, and used again. */
export class SessionPool {
  readonly #options: SessionPoolOptions;
  readonly #idle = new Map<string, Session[]>();
  /** By user, the first session that was opened with a password: if that was refused, it is not tried again. */
  readonly #admissions = new Map<string, Promise<Session>>();
  readonly #places = new Semaphore(MAX_SESSIONS);
  readonly #users = new Map<string, Become | undefined>();
  /** Sessions that are lent, or being opened for somebody. */
  #busy = 0;

  constructor(options: SessionPoolOptions) {
    this.#options = options;
  }

  /** All users that had a session. */
  get users(): ReadonlyArray<Become | undefined> {
    return [...this.#users.values()];
  }

  /** Lends a session of that user for a task. When the signal aborts, everything that it started is ended. */
  async use<T>(
    become: Become | undefined,
    signal: AbortSignal | undefined,
    task: (session: Session) => Promise<T>,
  ): Promise<T> {
    const lease = await this.lend(become);
    try {
      return await guarded(lease, signal, () => task(lease.session));
    } finally {
      lease.giveBack();
    }
  }

  /** Opens a session beside the pool, for those who hold one of its sessions already and cannot wait for another. */
  async aside<T>(become: Become | undefined, task: (session: Session) => Promise<T>): Promise<T> {
    const session = await this.#sideSession(become);
    try {
      return await task(session);
    } finally {
      session.close();
    }
  }

  /** Has a last script run as every user that had a session, without waiting for it. */
  async depart(body: string): Promise<void> {
    // Where one fails, the line is gone.
    await Promise.allSettled(
      this.users.map(async (become) => {
        const { session, giveBack } = await this.lend(become);
        // A new shell that says hello to a closed line dies of that, and not a word of the script is run.
        await session.pid.finally(giveBack);
        session.depart(body);
      }),
    );
  }

  /** Lends a session of that user. */
  async lend(become: Become | undefined): Promise<Lease> {
    for (;;) {
      const release = await this.#places.acquire();
      this.#busy += 1;
      try {
        return this.#lease(await this.#session(become), become, release);
      } catch (error) {
        this.#busy -= 1;
        // The server allows fewer channels than we thought: the place is not given back, another one is waited for.
        if (isFull(error) && this.#busy > 0) continue;
        release();
        throw error;
      }
    }
  }

  /** Closes the sessions that lie idle; returns when they have gone. */
  async close(): Promise<void> {
    const sessions = [...this.#idle.values()].flat();
    this.#idle.clear();
    for (const session of sessions) session.close();
    await Promise.all(sessions.map((session) => session.ended));
  }

  #lease(session: Session, become: Become | undefined, release: () => void): Lease {
    let ending: Promise<void> | undefined;
    return {
      session,
      end: () => {
        ending ??= this.#end(session, become);
        return ending;
      },
      giveBack: () => {
        this.#busy -= 1;
        if (session.alive) this.#keep(become, session);
        release();
      },
    };
  }

  async #session(become: Become | undefined): Promise<Session> {
    const idle = this.#takeIdle(become);
    if (idle) return idle;
    try {
      return await this.#open(this.#options.connection, become);
    } catch (error) {
      if (!isFull(error)) throw error;
      // One may have been given back meanwhile; else those of other users make room.
      const free = this.#takeIdle(become);
      if (free) return free;
      if (this.#idle.size === 0) throw error;
      await this.close();
      return await this.#open(this.#options.connection, become);
    }
  }

  #takeIdle(become: Become | undefined): Session | undefined {
    const user = become?.user ?? "";
    const [session, ...others] = (this.#idle.get(user) ?? []).filter((one) => one.alive);
    if (others.length > 0) this.#idle.set(user, others);
    else this.#idle.delete(user);
    return session;
  }

  async #open(connection: Connection, become: Become | undefined): Promise<Session> {
    const { shell, foldersOf, receiptsOf } = this.#options;
    this.#users.set(become?.user ?? "", become);
    const hasPassword = become?.password !== undefined;
    const admission = hasPassword ? this.#admissions.get(become.user) : undefined;
    if (admission) await admission; // and nothing is awaited by the first: others would pass it meanwhile
    const opening = Session.open(connection, {
      shell,
      ...foldersOf(become),
      receipts: receiptsOf(become),
      become,
    });
    if (hasPassword && !admission) this.#admit(become.user, opening);
    return await opening;
  }

  /** Steps that start together must not each try a wrong password: hosts lock accounts for that. */
  #admit(user: string, opening: Promise<Session>): void {
    this.#admissions.set(user, opening);
    opening.catch((error: unknown) => {
      const isRefused = error instanceof RcmError && error.code === "become";
      if (!isRefused) this.#admissions.delete(user);
    });
  }

  #keep(become: Become | undefined, session: Session): void {
    const user = become?.user ?? "";
    this.#idle.set(user, [...(this.#idle.get(user) ?? []), session]);
  }

  async #end(session: Session, become: Become | undefined): Promise<void> {
    const patience = new AbortController();
    const late = delay(END_TIMEOUT, "late", { signal: patience.signal }).catch(() => "ended");
    const outcome = await Promise.race([this.#endProcesses(session, become), late]);
    patience.abort();
    if (outcome === "late") session.abandon();
    else session.close();
  }

  /** Closing a channel does not end its process, so another session of the same user ends them all. */
  async #endProcesses(session: Session, become: Become | undefined): Promise<void> {
    try {
      const pid = await session.pid;
      await this.aside(become, (side) => side.run({ body: endProcesses(pid).text, output: () => undefined }));
    } catch {
      // The line is gone, and with it the way to end anything; the step has failed for that already.
    }
  }

  async #sideSession(become: Become | undefined): Promise<Session> {
    try {
      return await this.#open(this.#options.connection, become);
    } catch (error) {
      if (!isFull(error)) throw error;
      return await this.#open(await this.#options.spare(), become);
    }
  }
}
