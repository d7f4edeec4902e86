import { messageOf, RcmError } from "../errors.ts";
import { changesBy, type LocalSide, type OptionsSchema, type RunModule } from "../module/define.ts";
import type { Outcome } from "../module/outcome.ts";
import type { ExecResult, RebootRequest, RunHost } from "../module/run.ts";
import type { Mode, Pass, Work } from "../module/work.ts";
import type { Redactor } from "../redact/redactor.ts";
import type { RedactedStream } from "../redact/stream.ts";
import type { Script } from "../shell/script.ts";
import { wrap } from "../shell/wrap.ts";
import { NoAnswer } from "../transport/trouble.ts";
import { abortable } from "../util/abortable.ts";
import { Tail } from "../util/tail.ts";
import type { HostLine } from "./line.ts";
import type { Prepared } from "./prepare.ts";
import { type Stubs, stubbed } from "./stubs.ts";
import type { Turn } from "./turn.ts";

/** How much of a step's output is kept in its result. */
const KEPT_OUTPUT = 64 * 1024;

/** What an attempt at a step works with. */
export interface AttemptSource {
  readonly line: HostLine;
  readonly mode: Mode;
  readonly local: LocalSide;
  /** What stands in for the host, in stub mode. */
  readonly stubs: Stubs | undefined;
  readonly turn: Turn;
  /** Aborts on time-out and cancellation; then the step's processes are ended. */
  readonly signal: AbortSignal;
  readonly redactor: Redactor;
  readonly output: (stream: "stdout" | "stderr", data: Buffer) => void;
  reboot(request: RebootRequest, run: (script: Script) => Promise<ExecResult>): Promise<void>;
}

/** An outcome, and what it took. */
export interface AttemptOutcome extends Outcome {
  /** How often the host was waited for: 0 when the step had been sent with another one. */
  readonly roundTrips: number;
  /** The end of what it printed on standard error. */
  readonly stderr: string;
  /** True when more was printed on standard output than a result keeps. */
  readonly truncated: boolean;
  /** True when it is `post` or `assert` that it failed by. */
  readonly rejected?: boolean;
}

/** One try at a step: what its module is, is done. */
export async function attempt(prepared: Prepared, source: AttemptSource): Promise<AttemptOutcome> {
  const trial = new Trial(prepared, source);
  const { definition } = prepared.step.call;
  try {
    const outcome = source.stubs
      ? await trial.stand(source.stubs)
      : definition.run
        ? await trial.perform(definition)
        : await trial.work(prepared.work as Work);
    return { ...outcome, ...trial.used };
  } finally {
    trial.end();
  }
}

class Trial {
  readonly #prepared: Prepared;
  readonly #source: AttemptSource;
  readonly #stdout = new Tail(KEPT_OUTPUT);
  readonly #stderr = new Tail(KEPT_OUTPUT);
  /** What is printed goes through these first, so that nothing on this side ever sees a secret in it. */
  readonly #printed: Readonly<Record<"stdout" | "stderr", RedactedStream>>;
  #roundTrips = 0;

  constructor(prepared: Prepared, source: AttemptSource) {
    this.#prepared = prepared;
    this.#source = source;
    this.#printed = {
      stdout: source.redactor.stream((data) => this.#keep("stdout", data)),
      stderr: source.redactor.stream((data) => this.#keep("stderr", data)),
    };
  }

  get used(): { readonly roundTrips: number; readonly stderr: string; readonly truncated: boolean } {
    const truncated = this.#stdout.total > KEPT_OUTPUT;
    return { roundTrips: this.#roundTrips, stderr: this.#stderr.text(), truncated };
  }

  /** For modules that are properties or an action: pass after pass, until it is done. */
  async work(work: Work): Promise<Outcome> {
    const { turn, signal } = this.#source;
    const keep = (stream: "stdout" | "stderr", data: Buffer): void => this.#printed[stream].push(data);
    for (let pass: Pass = work.first; ; ) {
      const { answer, roundTrips } = await turn.exchange(this.#prepared, pass, signal, keep);
      this.#roundTrips += roundTrips;
      this.#flush();
      const next = await work.next({ ...answer, stdout: this.#stdout.text(), stderr: this.#stderr.text() });
      if (next.outcome) return next.outcome;
      pass = next.pass;
    }
  }

  /** For modules that need this side. A dry run says what it would do. */
  async perform<Output>(definition: RunModule<OptionsSchema, Output>): Promise<Outcome> {
    const { options } = this.#prepared;
    if (this.#source.mode === "check" && !definition.preview) {
      const status = changesBy(definition, options) ? "changed" : "ok";
      return { status, message: definition.describe(options), changes: [] };
    }
    const side = { ...this.#source.local, secrets: this.#prepared.secrets };
    const perform = (this.#source.mode === "check" && definition.preview) || definition.run;
    const { changed, message, output, error } = await perform(options, this.#host(), side);
    this.#flush();
    if (error !== undefined) return { status: "failed", message, error, changes: [], output };
    return {
      status: changed ? "changed" : "ok",
      message,
      changes: [],
      output: output ?? this.#stdout.text(),
    };
  }

  /** In stub mode: what the stub says. */
  async stand(stubs: Stubs): Promise<Outcome> {
    const { line, local, signal } = this.#source;
    const answer = stubbed(this.#prepared, line.host.name, stubs, local);
    const { stderr, ...outcome } = await abortable(answer, signal);
    if (typeof outcome.output === "string") this.#printed.stdout.push(Buffer.from(outcome.output));
    this.#printed.stderr.push(Buffer.from(stderr));
    this.#flush();
    return outcome;
  }

  /** Nothing more is printed; what is still held back was cut off in the middle. */
  end(): void {
    for (const stream of Object.values(this.#printed)) stream.end(true);
  }

  #flush(): void {
    for (const stream of Object.values(this.#printed)) stream.end();
  }

  #keep(stream: "stdout" | "stderr", data: Buffer): void {
    if (data.length === 0) return;
    (stream === "stdout" ? this.#stdout : this.#stderr).push(data);
    this.#source.output(stream, data);
  }

  #host(): RunHost {
    const { line, signal, reboot } = this.#source;
    const exec = (script: Script): Promise<ExecResult> => this.#exec(script);
    return {
      name: line.host.name,
      signal,
      secrets: this.#prepared.secrets,
      exec,
      download: (script, dest) => this.#download(script, dest),
      connect: (address, port, within = signal) => line.forward(address, port, within),
      reaches: (address, port, timeout) => reaches(line, address, port, AbortSignal.timeout(timeout)),
      reboot: (request) => reboot(request, exec),
      log: (text) => this.#printed.stdout.push(Buffer.from(text)),
    };
  }

  async #download(script: Script, dest: string): Promise<void> {
    const { line, signal } = this.#source;
    const { become, surroundings } = this.#prepared;
    this.#roundTrips += 1;
    const body = wrap(`set -e\n${script.text}`, surroundings);
    await line.receive({ body, dest, become, signal });
  }

  /** A script of a `run` module: its output is an answer to the module, not the step's own. */
  async #exec(script: Script): Promise<ExecResult> {
    const { line, signal, redactor } = this.#source;
    const stdout = new Answer(redactor);
    const stderr = new Answer(redactor);
    const { become, surroundings } = this.#prepared;
    const body = wrap(`set -e\n${script.text}`, surroundings);
    return await line.withSession(become, signal, async (session) => {
      this.#roundTrips += 1;
      const output = (stream: string, data: Buffer): void =>
        (stream === "stdout" ? stdout : stderr).push(data);
      const { exitCode } = await session.run({ body, output });
      return { exitCode, stdout: stdout.text(), stderr: stderr.text() };
    });
  }
}

/** The end of what a script printed. */
class Answer {
  readonly #all = new Tail(KEPT_OUTPUT);
  readonly #redacted = new Tail(KEPT_OUTPUT);
  readonly #stream: RedactedStream;

  constructor(redactor: Redactor) {
    this.#stream = redactor.stream((data) => this.#redacted.push(data));
  }

  push(data: Buffer): void {
    this.#all.push(data);
    this.#stream.push(data);
  }

  /** Where the beginning is cut off, it is without secrets: the rest of one that was cut would be recognised by nobody. */
  text(): string {
    this.#stream.end();
    return (this.#all.total > KEPT_OUTPUT ? this.#redacted : this.#all).text();
  }
}

async function reaches(
  line: HostLine,
  address: string,
  port: number,
  patience: AbortSignal,
): Promise<boolean> {
  try {
    (await line.forward(address, port, patience)).destroy();
    return true;
  } catch (error) {
    if (error instanceof NoAnswer || patience.aborted) return false;
    throw error;
  }
}

/** In a dry run: a step whose options need the output of one that was not really run. */
export function knownAfterApply(unknown: ReadonlySet<string>, changes: boolean): AttemptOutcome {
  const message = `would run; known only after ${[...unknown].map((id) => `"${id}"`).join(", ")}`;
  return {
    status: changes ? "changed" : "ok",
    message,
    changes: [],
    roundTrips: 0,
    stderr: "",
    truncated: false,
  };
}

/** A thrown error, as the outcome of the step. */
export function failureOf(thrown: unknown): AttemptOutcome {
  const hint = thrown instanceof RcmError && thrown.hint ? ` (${thrown.hint})` : "";
  const error = `${messageOf(thrown)}${hint}`;
  return { status: "failed", message: "", error, changes: [], roundTrips: 0, stderr: "", truncated: false };
}
