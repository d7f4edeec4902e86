import { randomBytes } from "node:crypto";
import { messageOf, RcmError } from "../errors.ts";
import type { Host } from "../inventory/model.ts";
import { type Facts, factsScript, parseFacts } from "../module/facts.ts";
import type { LocalFile } from "../shell/file.ts";
import { type Script, sh } from "../shell/script.ts";
import type { Become, Connection, TrafficCounter } from "../transport/connection.ts";
import { sendThroughShell } from "../transport/send.ts";
import { Session } from "../transport/session.ts";
import { Semaphore } from "../util/semaphore.ts";
import type { Dial } from "./dial.ts";
import { endProcesses } from "./processes.ts";

/** sshd allows 10 channels on a connection: 4 for steps, the others for files and for ending processes. */
const MAX_SESSIONS = 4;
/** Milliseconds for tidying up that nobody waits for gladly. */
const TIDY_TIMEOUT = 5000;

/**
 * The line to one host, for as long as a run needs it: the connection, a pool of sessions by user, and which files
 * lie there already.
 */
export class HostLine {
  readonly host: Host;
  readonly traffic: TrafficCounter = { connections: 0, channels: 0, roundTrips: 0, bytesOut: 0, bytesIn: 0 };
  readonly #dial: Dial;
  /** Nobody can guess it, so nobody can have put anything there. */
  readonly #folder = `/tmp/.rcm-${randomBytes(16).toString("hex")}`;
  readonly #idle = new Map<string, Session[]>();
  readonly #sent = new Map<string, Set<string>>();
  readonly #folders = new Map<string, Promise<void>>();
  #places = new Semaphore(MAX_SESSIONS);
  #connection: Connection | undefined;
  #facts: Facts | undefined;

  constructor(host: Host, dial: Dial) {
    this.host = host;
    this.#dial = dial;
  }

  /** What the host is; known once connected. */
  get facts(): Facts {
    if (!this.#facts) throw new Error(`no connection to ${this.host.name} yet`);
    return this.#facts;
  }

  /**
   * Opens the connection and asks for the host's facts.
   *
   * @throws RcmError with code `unreachable`, `host-key`, `auth` or `protocol`
   */
  async connect(): Promise<void> {
    const connection = await this.#dial(this.host, this.traffic);
    this.#connection = connection;
    const text: Buffer[] = [];
    await this.#withSession(undefined, async (session) => {
      await session.run({
        body: factsScript.text,
        output: (stream, data) => void (stream === "stdout" && text.push(data)),
      });
    });
    this.#facts = parseFacts(Buffer.concat(text).toString());
  }

  /** Settles when the present connection is gone. */
  get lost(): Promise<Error> {
    return this.#open().lost;
  }

  /** The user to become for a step, or undefined when the login user is the one. */
  becomeFor(wanted: boolean | string | undefined): Become | undefined {
    const { user: login, become } = this.host.connection;
    const isWanted = wanted === undefined ? become.enabled : wanted !== false;
    const user = typeof wanted === "string" ? wanted : become.user;
    return isWanted && user !== login ? { user, password: become.password } : undefined;
  }

  /** Lends a session of that user. When the signal aborts, everything that the session started is ended. */
  async withSession<T>(
    become: Become | undefined,
    signal: AbortSignal,
    task: (session: Session) => Promise<T>,
  ): Promise<T> {
    return await this.#withSession(become, async (session) => {
      signal.throwIfAborted();
      let ending: Promise<void> | undefined;
      const end = (): void => {
        ending = this.#end(session, become);
      };
      signal.addEventListener("abort", end, { once: true });
      try {
        return await task(session);
      } finally {
        signal.removeEventListener("abort", end);
        await ending;
      }
    });
  }

  /** Does the file lie on the host, where that user can read it? */
  has(file: LocalFile, become: Become | undefined): boolean {
    return this.#sent.get(placeOf(become))?.has(file.sha256) ?? false;
  }

  /** Sends a file, unless it is there. */
  async send(file: LocalFile, become: Become | undefined): Promise<void> {
    if (this.has(file, become)) return;
    const place = placeOf(become);
    const folder = this.#folderOf(become);
    const made = this.#folders.get(place) ?? this.#makeFolder(folder, place === "" ? undefined : become);
    this.#folders.set(place, made);
    await made;
    const path = `${folder}/${file.sha256}`;
    if (place === "") await this.#open().put(file, path);
    else await sendThroughShell(this.#open(), file, path, { shell: this.host.connection.shell, become });
    this.#sent.set(place, (this.#sent.get(place) ?? new Set()).add(file.sha256));
  }

  /** Can a TCP connection be opened to this address, as seen from the host? */
  async reaches(address: string, port: number, timeout: number): Promise<boolean> {
    return await this.#open().reaches(address, port, timeout);
  }

  /** Lets go of the connection, as before a reboot; what was sent counts as lost. */
  drop(): void {
    for (const sessions of this.#idle.values()) for (const session of sessions) session.close();
    this.#connection?.close();
    this.#connection = undefined;
    this.#idle.clear();
    this.#sent.clear();
    this.#folders.clear();
    this.#places = new Semaphore(MAX_SESSIONS);
  }

  /** Removes what was sent, and closes. */
  async close(): Promise<void> {
    if (this.#connection && this.#folders.size > 0) await this.#tidy();
    this.drop();
  }

  #open(): Connection {
    if (!this.#connection)
      throw new RcmError(`There is no connection to ${this.host.name}`, { code: "unreachable" });
    return this.#connection;
  }

  async #withSession<T>(become: Become | undefined, task: (session: Session) => Promise<T>): Promise<T> {
    const release = await this.#places.acquire();
    try {
      const session = await this.#session(become);
      const result = await task(session);
      if (session.alive) this.#keep(become, session);
      return result;
    } finally {
      release();
    }
  }

  async #session(become: Become | undefined): Promise<Session> {
    const idle = this.#idle.get(become?.user ?? "") ?? [];
    for (let session = idle.pop(); session; session = idle.pop()) if (session.alive) return session;
    try {
      return await this.#openSession(become);
    } catch (error) {
      // The server allows fewer channels than usual: those that lie idle go first, then others have to finish.
      if (!/open failure/i.test(messageOf(error)) || !this.#closeIdle()) throw error;
      return await this.#openSession(become);
    }
  }

  async #openSession(become: Become | undefined): Promise<Session> {
    return await Session.open(this.#open(), {
      shell: this.host.connection.shell,
      files: this.#folderOf(become),
      become,
    });
  }

  #closeIdle(): boolean {
    const sessions = [...this.#idle.values()].flat();
    for (const session of sessions) session.close();
    this.#idle.clear();
    return sessions.length > 0;
  }

  #keep(become: Become | undefined, session: Session): void {
    const user = become?.user ?? "";
    this.#idle.set(user, [...(this.#idle.get(user) ?? []), session]);
  }

  /** Closing a channel does not end its process, so another session of the same user ends them all. */
  async #end(session: Session, become: Become | undefined): Promise<void> {
    try {
      const pid = await session.pid;
      const side = await this.#openSession(become);
      await side.run({ body: endProcesses(pid).text, output: () => undefined });
      side.close();
    } catch {
      // The line is gone, and with it the way to end anything; the step has failed for that already.
    } finally {
      session.close();
    }
  }

  #folderOf(become: Become | undefined): string {
    const place = placeOf(become);
    return place === "" ? this.#folder : `${this.#folder}-${place}`;
  }

  async #makeFolder(folder: string, become: Become | undefined): Promise<void> {
    await this.#script(sh`mkdir -m 700 ${folder}`, become, `make the private folder ${folder}`);
  }

  async #script(script: Script, become: Become | undefined, doing: string): Promise<void> {
    const said: Buffer[] = [];
    const session = await this.#openSession(become);
    const { exitCode } = await session.run({
      body: script.text,
      output: (_stream, data) => said.push(data),
    });
    session.close();
    if (exitCode !== 0)
      throw new RcmError(`Cannot ${doing} on the host: ${Buffer.concat(said).toString().trim()}`, {
        code: "step",
      });
  }

  async #tidy(): Promise<void> {
    const places = [...this.#folders.keys()];
    const removals = places.map((place) => {
      const become =
        place === "" ? undefined : { user: place, password: this.host.connection.become.password };
      return this.#script(sh`rm -rf ${this.#folderOf(become)}`, become, "tidy up").catch(() => undefined);
    });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, TIDY_TIMEOUT);
    });
    await Promise.race([Promise.all(removals), late]).finally(() => clearTimeout(timer));
  }
}

/** Root reads what the login user wrote; any other user needs a folder of their own. */
function placeOf(become: Become | undefined): string {
  return become === undefined || become.user === "root" ? "" : become.user;
}
