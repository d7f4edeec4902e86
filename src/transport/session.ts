import { randomBytes } from "node:crypto";
import { RcmError } from "../errors.ts";
import { bootstrap } from "../shell/bootstrap.ts";
import { HELD } from "../shell/converging.ts";
import { FrameReader } from "../shell/frame.ts";
import { type Deferred, deferred } from "../util/deferred.ts";
import { Tail } from "../util/tail.ts";
import type { TimeSheet } from "../util/time-sheet.ts";
import { becomeCommand, becomeRefused, becomeUser } from "./become.ts";
import type { Become, Channel, Connection } from "./connection.ts";
import { type Answer, type Request, type Sent, type SessionRecord, writeOf } from "./request.ts";

/** How a session is to be opened. */
export interface SessionOptions {
  readonly shell: string;
  /** Directory on the host where local files arrive. */
  readonly files: string;
  /** The one for long files. */
  readonly longFiles?: string | undefined;
  /** Name of the directory on the host where actions leave word that they have been run. */
  readonly receipts?: string | undefined;
  readonly become: Become | undefined;
}

/** How much is kept of what belongs to no script, for the message when the session ends. */
const NOISE = 4096;
/** A value that a script reports may not be longer than this. */
const MAX_RECORD = 64 * 1024 * 1024;

interface Pending {
  readonly request: Request;
  readonly settled: Deferred<Answer>;
  readonly records: SessionRecord[];
  exitCode: number | undefined;
  skipped: string | undefined;
  begun: boolean;
  stderrDone: boolean;
}

/**
 * A persistent `sh` on one channel of a connection: scripts go in one after another, answers come back framed, in
 * order, on both streams.
 */
export class Session {
  /** Process id of the session's shell on the host. */
  readonly pid: Promise<number>;
  /** Resolves when the session can take no more scripts. */
  readonly ended: Promise<void>;
  readonly #connection: Connection;
  readonly #channel: Channel;
  readonly #become: Become | undefined;
  readonly #pending = new Map<number, Pending>();
  readonly #hello = deferred<number>();
  readonly #noise = new Tail(NOISE);
  #stdoutOf: Pending | undefined;
  /** Whose standard error comes: only the ends of steps are marked in it, since they run in the order they were sent. */
  #stderrStep = 0;
  #record: { readonly words: readonly string[]; readonly chunks: Buffer[]; size: number } | undefined;
  #sequence = 0;
  #hasBegun = false;
  #over: RcmError | undefined;

  /** Starts a shell on the host, as another user when `become` says so. */
  static async open(
    connection: Connection,
    { shell, files, longFiles, receipts, become }: SessionOptions,
  ): Promise<Session> {
    const nonce = randomBytes(16).toString("hex");
    const prompt = randomBytes(8).toString("hex");
    const channel = await connection.open(become ? becomeCommand(become, shell, prompt) : `exec ${shell}`);
    if (become) await becomeUser(channel, become, prompt);
    return new Session(connection, channel, bootstrap({ nonce, files, longFiles, receipts }), nonce, become);
  }

  private constructor(
    connection: Connection,
    channel: Channel,
    first: string,
    nonce: string,
    become: Become | undefined,
  ) {
    this.#connection = connection;
    this.#become = become;
    this.#channel = channel;
    this.pid = this.#hello.promise;
    const stdout = new FrameReader(nonce, {
      data: (data) => this.#stdout(data),
      mark: (words) => this.#mark(words),
    });
    const stderr = new FrameReader(nonce, {
      data: (data) => this.#stderr(data),
      mark: (words) => this.#errMark(words),
    });
    channel.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    channel.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    channel.stdin.on("error", () => undefined); // the end of the channel tells
    this.ended = channel.ended.then(({ code, signal, whole }) => {
      this.#fail(this.#endError(code, signal, whole));
    });
    channel.stdin.write(first);
  }

  /** False once the shell has gone. */
  get alive(): boolean {
    return this.#over === undefined;
  }

  /**
   * Runs a script. Several may be under way; they run one after another.
   *
   * @throws RcmError with code `protocol` when the session ends before the script does
   */
  async run(request: Request): Promise<Answer> {
    const [sent] = this.submit([request]);
    return await (sent as Sent).answer;
  }

  /** Sends several scripts in one write; the host runs each as soon, and only if, what it needs allows it. */
  submit(requests: readonly Request[]): readonly Sent[] {
    const first = this.#sequence + 1;
    if (this.#pending.size === 0 && !this.#over) this.#connection.traffic.roundTrips += 1;
    const pending = requests.map((request) => this.#enter(request));
    if (!this.#over) this.#channel.stdin.write(writeOf(requests, first));
    return pending.map((one) => ({ answer: one.settled.promise, begun: () => one.begun }));
  }

  #enter(request: Request): Pending {
    const settled = deferred<Answer>();
    const pending = {
      request,
      settled,
      records: [],
      exitCode: undefined,
      skipped: undefined,
      begun: false,
      stderrDone: false,
    };
    this.#sequence += 1;
    if (this.#over) settled.reject(this.#over);
    else {
      this.#pending.set(this.#sequence, pending);
      this.#times.enter("line");
    }
    return pending;
  }

  /** Sends a last script and ends the session without waiting: the host runs it whatever becomes of the line. */
  depart(body: string): void {
    this.#over ??= new RcmError("The session was closed", { code: "protocol" });
    this.#channel.stdin.end(`${body}\n`);
  }

  /** Ends the session: its shell reads the end of its input and goes. */
  close(): void {
    this.#over ??= new RcmError("The session was closed", { code: "protocol" });
    this.#channel.stdin.end();
    this.#channel.close();
  }

  /** Gives up on what is under way, without waiting for the host. */
  abandon(): void {
    this.#fail(new RcmError("The host does not answer any more", { code: "unreachable" }));
    this.close();
  }

  get #times(): TimeSheet {
    return this.#connection.traffic.times;
  }

  #mark(words: readonly string[]): void {
    this.#endRecord();
    const [kind, first, second] = words;
    if (kind === "h") this.#sayHello(Number(first));
    else if (kind === "b") this.#beginStep(Number(first));
    else if (kind === "s") this.#skipStep(Number(first), String(second), Number(words[3] ?? 0));
    else if (kind === "r") this.#record = { words: words.slice(1), chunks: [], size: 0 };
    else if (kind === "e") this.#endStep(Number(first), Number(second));
  }

  #errMark([kind, first]: readonly string[]): void {
    if (kind === "h") this.#stderrStep = 1;
    if (kind !== "e") return;
    this.#stderrStep = Number(first) + 1;
    const pending = this.#pending.get(Number(first));
    if (!pending) return;
    pending.stderrDone = true;
    this.#settle(Number(first), pending);
  }

  #stdout(data: Buffer): void {
    const record = this.#record;
    if (!record) {
      if (this.#stdoutOf) this.#stdoutOf.request.output("stdout", data);
      else this.#noise.push(data);
      return;
    }
    record.size += data.length;
    if (record.size > MAX_RECORD)
      this.#fail(
        new RcmError(`A value that the host reported is over ${MAX_RECORD} bytes`, { code: "protocol" }),
      );
    // A copy: the chunk it was cut from may be much larger.
    else record.chunks.push(Buffer.from(data));
  }

  #stderr(data: Buffer): void {
    const step = this.#pending.get(this.#stderrStep);
    if (step) step.request.output("stderr", data);
    else this.#noise.push(data);
  }

  #endRecord(): void {
    if (this.#record)
      this.#stdoutOf?.records.push({ words: this.#record.words, data: Buffer.concat(this.#record.chunks) });
    this.#record = undefined;
  }

  #sayHello(pid: number): void {
    this.#hasBegun = true;
    this.#hello.resolve(pid);
  }

  #beginStep(sequence: number): void {
    this.#stdoutOf = this.#pending.get(sequence);
    if (!this.#stdoutOf) return;
    this.#stdoutOf.begun = true;
    this.#times.enter("host");
  }

  #skipStep(sequence: number, why: string, exitCode: number): void {
    const pending = this.#pending.get(sequence);
    if (pending) pending.skipped = why;
    this.#endStep(sequence, exitCode);
  }

  #endStep(sequence: number, exitCode: number): void {
    const pending = this.#pending.get(sequence);
    if (this.#stdoutOf) this.#times.leave("host");
    this.#stdoutOf = undefined;
    if (!pending) return;
    pending.exitCode = exitCode;
    this.#settle(sequence, pending);
  }

  /** A script is done when the end was seen on both streams: they have no order between them. */
  #settle(sequence: number, { exitCode, skipped, stderrDone, records, settled }: Pending): void {
    if (exitCode === undefined || !stderrDone) return;
    this.#pending.delete(sequence);
    this.#times.leave("line");
    const answer = { exitCode, records, held: exitCode === HELD };
    if (skipped === undefined) settled.resolve(answer);
    else if (skipped === "done") settled.resolve({ ...answer, held: false, isReceipt: true });
    else settled.resolve({ ...answer, skipped: skipped as "blocked" | "idle" | "held" });
  }

  #endError(code: number | undefined, signal: string | undefined, whole: boolean): RcmError {
    const text = this.#noise.text();
    // Half a line may be half a secret, which nobody would know for one.
    const noise = (this.#noise.total > NOISE ? text.slice(text.indexOf("\n") + 1) : text).trim();
    if (whole && !this.#hasBegun && this.#become) return becomeRefused(this.#become, noise, code);
    const how = signal
      ? `by signal ${signal}`
      : code === undefined
        ? "without an exit status"
        : `with exit status ${code}`;
    const what = this.#hasBegun
      ? "The shell of the session ended"
      : "The shell of the session ended before it began";
    const message = whole ? `${what} ${how}` : "The connection was lost";
    return new RcmError(noise ? `${message}: ${noise}` : message, {
      code: whole && this.#hasBegun ? "protocol" : "unreachable",
    });
  }

  #fail(error: RcmError): void {
    this.#over ??= error;
    this.#hello.reject(error);
    this.#hello.promise.catch(() => undefined); // only who ends its processes asks for the pid
    if (this.#stdoutOf) this.#times.leave("host");
    this.#stdoutOf = undefined;
    for (const { settled } of this.#pending.values()) {
      this.#times.leave("line");
      settled.reject(error);
    }
    this.#pending.clear();
  }
}
