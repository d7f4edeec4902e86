import { createHash } from "node:crypto";
import type { Duplex } from "node:stream";
import { RcmError } from "../errors.ts";
import type { Host } from "../inventory/model.ts";
import { type Facts, factsScript, parseFacts } from "../module/facts.ts";
import type { LocalFile } from "../shell/file.ts";
import { type Script, sh } from "../shell/script.ts";
import { type Become, type Connection, noTraffic, type TrafficCounter } from "../transport/connection.ts";
import { isFull } from "../transport/is-full.ts";
import { type Receiving, receive } from "../transport/receive.ts";
import type { Request, Sent } from "../transport/request.ts";
import type { Session } from "../transport/session.ts";
import { abortable } from "../util/abortable.ts";
import type { Dial } from "./dial.ts";
import { FileStore } from "./file-store.ts";
import { type Lease, SessionPool } from "./sessions.ts";

/** Milliseconds for getting hold of the sessions that tidy up. */
const TIDY_TIMEOUT = 5000;

/** A connection that is up, and what belongs to it. */
interface Up {
  readonly connection: Connection;
  readonly sessions: SessionPool;
  /** Asked for when somebody wants to know; undefined also when they could not be had. */
  facts: Promise<Facts> | undefined;
}

/** The line to one host, for as long as a run needs it: a connection, its sessions, and the files that were sent. */
export class HostLine {
  readonly host: Host;
  readonly traffic: TrafficCounter = noTraffic();
  readonly #dial: Dial;
  readonly #store = new FileStore();
  readonly #receipts: string | undefined;
  #up: Up | undefined;
  #known: Facts | undefined;
  #areFactsWanted = false;
  #isLost = false;
  readonly #spares = new Map<string, Promise<Connection>>();

  /** @param receipts what the names of this run's receipts begin with; undefined: actions leave none */
  constructor(host: Host, dial: Dial, receipts: string | undefined) {
    this.host = host;
    this.#dial = dial;
    // Two hosts of an inventory may be one machine, or share a file system.
    this.#receipts = receipts && `${receipts}-${hash(host.name)}`;
  }

  /**
   * Opens the connection.
   *
   * @throws RcmError with code `unreachable`, `host-key` or `auth`
   */
  async connect(): Promise<void> {
    const connection = await this.#dial(this.host, this.traffic);
    const sessions = new SessionPool({
      connection,
      spare: () => this.#spare("sessions"),
      shell: this.host.connection.shell,
      foldersOf: (become) => this.#store.foldersOf(become),
      receiptsOf: (become) =>
        this.#receipts && `.rcm-${[this.#receipts, become?.user].filter(Boolean).join("-")}`,
    });
    const up: Up = { connection, sessions, facts: undefined };
    this.#up = up;
    this.#isLost = false;
    void connection.lost.then(() => {
      if (this.#up === up) this.#isLost = true;
    });
  }

  /** Settles when the user is logged in, which may be after {@link connect}; rejects with why that was not possible. */
  get ready(): Promise<void> {
    return this.#up?.connection.ready ?? Promise.resolve();
  }

  /** What the host is: asked once a connection. */
  async facts(): Promise<Facts> {
    const up = this.#line;
    const asked = await up.facts?.catch(() => undefined); // its session may have ended with a step
    if (asked) return asked;
    return await this.#ask(up, (request) =>
      up.sessions.use(undefined, undefined, (session) => session.run(request)),
    );
  }

  /** Some step will want the facts: they are asked for with the next steps that go out. */
  wantFacts(): void {
    this.#areFactsWanted = true;
  }

  /** Sends steps of that user in one write, and with them the question for the facts where they are wanted. */
  submit(session: Session, become: Become | undefined, requests: readonly Request[]): readonly Sent[] {
    const up = this.#line;
    if (this.#areFactsWanted && !become && !up.facts) void this.#ask(up, (request) => session.run(request));
    return session.submit(requests);
  }

  /** Asks for the facts; where that fails they can be asked for again. */
  #ask(up: Up, run: (request: Request) => Promise<unknown>): Promise<Facts> {
    const asked = gatherFacts(run);
    up.facts = asked;
    asked.then(
      (facts) => {
        if (this.#up === up) this.#known = facts;
      },
      () => {
        if (up.facts === asked) up.facts = undefined;
      },
    );
    return asked;
  }

  /** The facts, if they have been asked for already. */
  get knownFacts(): Facts | undefined {
    return this.#known;
  }

  /** Is there a connection, as far as is known? */
  get isUp(): boolean {
    return this.#up !== undefined && !this.#isLost;
  }

  /** The user to become for a step, or undefined when the login user is the one. */
  becomeFor(wanted: boolean | string | undefined): Become | undefined {
    const { user: login, become } = this.host.connection;
    const isWanted = wanted === undefined ? become.enabled : wanted !== false;
    const user = typeof wanted === "string" ? wanted : become.user;
    return isWanted && user !== login ? { user, password: become.password } : undefined;
  }

  /** Lends a session of that user for a task. When the signal aborts, everything that it started is ended. */
  async withSession<T>(
    become: Become | undefined,
    signal: AbortSignal,
    task: (session: Session) => Promise<T>,
  ): Promise<T> {
    return await this.#line.sessions.use(become, signal, task);
  }

  /** Lends a session of that user. */
  async lend(become: Become | undefined): Promise<Lease> {
    return await this.#line.sessions.lend(become);
  }

  /** Does the file lie on the host, where that user can read it? */
  has(file: LocalFile, become: Become | undefined): boolean {
    return this.#store.has(file, become);
  }

  /** A script that may come to need these files is under way. */
  expectFiles(files: readonly LocalFile[], become: Become | undefined): void {
    this.#store.expect(files, become, this.#way);
  }

  /** Sends a file, unless it is there. */
  async send(file: LocalFile, become: Become | undefined): Promise<void> {
    await this.traffic.times.during("line", this.#store.send(file, become, this.#way));
  }

  /** Writes what a script prints into a local file, over a channel of its own. */
  async receive(receiving: Pick<Receiving, "body" | "dest" | "become" | "signal">): Promise<void> {
    const whole = { ...receiving, shell: this.host.connection.shell };
    const transfer = receive(this.#line.connection, whole).catch(async (error: unknown) => {
      if (!isFull(error)) throw error;
      await receive(await this.#spare("files"), whole);
    });
    await this.traffic.times.during("line", transfer);
  }

  /**
   * Opens a TCP connection from the host. When the signal aborts, it is closed, also when it comes later.
   *
   * @throws NoAnswer when nothing takes it there; RcmError with code `step` when the host forbids it
   */
  async forward(address: string, port: number, signal: AbortSignal): Promise<Duplex> {
    const opening = this.#line.connection.forward(address, port);
    const close = (): void => void opening.then((stream) => stream.destroy()).catch(() => undefined);
    signal.addEventListener("abort", close, { once: true });
    const stream = await abortable(opening, signal);
    stream.on("error", () => undefined); // its close tells those who do not ask why
    stream.once("close", () => signal.removeEventListener("abort", close));
    return stream;
  }

  /** Lets go of the connection, as before a reboot; what was sent counts as lost. */
  drop(): void {
    void this.#up?.sessions.close();
    this.#up?.connection.close();
    this.#up = undefined;
    this.#known = undefined;
    for (const spare of this.#spares.values()) void spare.then((one) => one.close()).catch(() => undefined);
    this.#spares.clear();
    this.#store.forget();
  }

  /** Name of a step's receipt, made of its id and which time this is; empty where none are left. */
  receiptOf(step: string, time: string): string {
    return this.#receipts === undefined ? "" : `${hash(step)}.${time}`;
  }

  /** Has the host remove what was sent, and if so wished the receipts; closes without waiting for that. */
  async close(removeReceipts: boolean): Promise<void> {
    const hasReceipts = removeReceipts && this.#receipts !== undefined;
    const script = removal(sh.raw(`"$RCM_FILES" "$RCM_LONG"${hasReceipts ? ' "$rcm_r"' : ""}`));
    if (this.#up && (this.#store.isUsed || hasReceipts)) await departing(this.#up.sessions, script);
    this.drop();
  }

  get #line(): Up {
    if (this.#up) return this.#up;
    throw new RcmError(`There is no connection to ${this.host.name}`, { code: "unreachable" });
  }

  get #way(): Parameters<FileStore["send"]>[2] {
    const { connection } = this.#line;
    return {
      connection,
      spare: () => this.#spare("files"),
      helper: (i) => this.#spare(`helper ${i}`),
      shell: this.host.connection.shell,
    };
  }

  /** A connection beside the first one; one for each use, since a server may allow a single channel on each. */
  async #spare(use: "sessions" | "files" | `helper ${number}`): Promise<Connection> {
    const spare = this.#spares.get(use) ?? this.#dial(this.host, this.traffic);
    this.#spares.set(use, spare);
    return await spare;
  }
}

async function gatherFacts(run: (request: Request) => Promise<unknown>): Promise<Facts> {
  const text: Buffer[] = [];
  const output = (stream: string, data: Buffer): void =>
    void (stream === "stdout" && text.push(Buffer.from(data)));
  await run({ body: factsScript.text, output });
  return parseFacts(Buffer.concat(text).toString());
}

/** One program at most, and none where there is nothing. */
function removal(folders: Script): Script {
  return sh`set --; for rcm_x in ${folders}; do [ ! -d "$rcm_x" ] || set -- "$@" "$rcm_x"; done; [ $# = 0 ] || rm -rf "$@"`;
}

/** Gives the last script on its way, for a while at most: nobody waits for that gladly. */
async function departing(sessions: SessionPool, script: Script): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, TIDY_TIMEOUT);
  });
  await Promise.race([sessions.depart(script.text), late]).finally(() => clearTimeout(timer));
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 24);
}
