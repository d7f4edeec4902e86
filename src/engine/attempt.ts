import { messageOf, RcmError } from "../errors.ts";
import { act } from "../module/action.ts";
import type { StepContext } from "../module/context.ts";
import { converge } from "../module/converge.ts";
import type { LocalSide, ModuleDefinition, OptionsSchema, RunModule } from "../module/define.ts";
import { checkOptions, resolveOptions, resolveValue } from "../module/options.ts";
import type { Outcome } from "../module/outcome.ts";
import type { ExecResult, RebootRequest, RunHost } from "../module/run.ts";
import type { Answer, Mode, Pass, Work } from "../module/work.ts";
import type { PlannedStep } from "../plan/plan.ts";
import { Script, sh } from "../shell/script.ts";
import { isVariableName, type Surroundings, wrap } from "../shell/wrap.ts";
import type { Become } from "../transport/connection.ts";
import type { Session } from "../transport/session.ts";
import { Tail } from "../util/tail.ts";
import type { HostLine } from "./line.ts";

/** How much of a step's output is kept in its result. */
const KEPT_OUTPUT = 64 * 1024;

/** What an attempt at a step works with. */
export interface AttemptSource {
  readonly line: HostLine;
  readonly mode: Mode;
  readonly local: LocalSide;
  readonly ctx: StepContext;
  /** Steps whose output was read but is not known in a dry run. */
  readonly unknown: ReadonlySet<string>;
  /** Aborts on time-out and cancellation; then the step's processes are ended. */
  readonly signal: AbortSignal;
  readonly output: (stream: "stdout" | "stderr", data: Buffer) => void;
  reboot(request: RebootRequest, run: (script: Script) => Promise<ExecResult>): Promise<void>;
}

/** An outcome, and what it took. */
export interface AttemptOutcome extends Outcome {
  readonly roundTrips: number;
  /** The end of what it printed on standard error. */
  readonly stderr: string;
  /** True when more was printed on standard output than a result keeps. */
  readonly truncated: boolean;
}

/** One try at a step: resolve and check its options, then do what its module is. */
export async function attempt(step: PlannedStep, source: AttemptSource): Promise<AttemptOutcome> {
  const { definition } = step.call;
  const options = await optionsOf(step, source.ctx);
  const trial = new Trial(step, source, await surroundingsOf(step, source.ctx));
  if (source.mode === "check" && source.unknown.size > 0) return knownAfterApply(source.unknown);
  const outcome = definition.run
    ? await trial.perform(definition, options)
    : await trial.work(definition, options);
  return { ...outcome, ...trial.used };
}

async function optionsOf(
  { call }: PlannedStep,
  ctx: StepContext,
): Promise<Readonly<Record<string, unknown>>> {
  const checked = checkOptions(call.definition, await resolveOptions(call.definition, call.options, ctx));
  if (!checked.ok) throw new RcmError(checked.problems.join("; "), { code: "step" });
  return checked.options;
}

async function surroundingsOf({ env, cwd }: PlannedStep, ctx: StepContext): Promise<Surroundings> {
  const values = (await resolveValue(env, ctx)) as Record<string, unknown>;
  const odd = Object.entries(values).find(
    ([name, value]) => !isVariableName(name) || !["string", "number"].includes(typeof value),
  );
  if (odd) throw new RcmError(`env.${odd[0]} is no text or number`, { code: "step" });
  const folder = await resolveValue(cwd, ctx);
  if (folder !== undefined && typeof folder !== "string")
    throw new RcmError("cwd is no path", { code: "step" });
  return {
    cwd: folder,
    env: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)])),
  };
}

class Trial {
  readonly #source: AttemptSource;
  readonly #surroundings: Surroundings;
  readonly #become: Become | undefined;
  readonly #stdout = new Tail(KEPT_OUTPUT);
  readonly #stderr = new Tail(KEPT_OUTPUT);
  #roundTrips = 0;

  constructor(step: PlannedStep, source: AttemptSource, surroundings: Surroundings) {
    this.#source = source;
    this.#surroundings = surroundings;
    this.#become = source.line.becomeFor(step.become);
  }

  get used(): { readonly roundTrips: number; readonly stderr: string; readonly truncated: boolean } {
    return {
      roundTrips: this.#roundTrips,
      stderr: this.#stderr.text(),
      truncated: this.#stdout.total > KEPT_OUTPUT,
    };
  }

  /** For modules that are properties or an action: pass after pass, until it is done. */
  async work(definition: ModuleDefinition, options: Readonly<Record<string, unknown>>): Promise<Outcome> {
    const work = await this.#workOf(definition, options);
    return await this.#source.line.withSession(this.#become, this.#source.signal, async (session) => {
      for (let pass: Pass = work.first; ; ) {
        const next = await work.next(await this.#send(session, pass));
        if (next.outcome) return next.outcome;
        pass = next.pass;
      }
    });
  }

  /** For modules that need this side. A dry run says what it would do. */
  async perform<Output>(
    definition: RunModule<OptionsSchema, Output>,
    options: Readonly<Record<string, unknown>>,
  ): Promise<Outcome> {
    if (this.#source.mode === "check") {
      return {
        status: definition.changes ? "changed" : "ok",
        message: definition.describe(options),
        changes: [],
      };
    }
    const { changed, message, output, error } = await definition.run(options, this.#host());
    if (error !== undefined) return { status: "failed", message, error, changes: [], output };
    return {
      status: changed ? "changed" : "ok",
      message,
      changes: [],
      output: output ?? this.#stdout.text(),
    };
  }

  async #workOf(definition: ModuleDefinition, options: Readonly<Record<string, unknown>>): Promise<Work> {
    const { line, local, mode } = this.#source;
    if (definition.properties) {
      return converge(await definition.properties(options, local), mode, (file) =>
        line.has(file, this.#become),
      );
    }
    if (definition.action) return act(await definition.action(options, local), mode);
    throw new Error(`the module ${definition.name} is of no kind`);
  }

  async #send(session: Session, { script, files }: Pass): Promise<Answer> {
    for (const file of files) {
      if (this.#source.signal.aborted) break;
      await this.#source.line.send(file, this.#become);
    }
    this.#source.signal.throwIfAborted();
    const body = wrap(new Script(script, files), this.#surroundings).text;
    this.#roundTrips += 1;
    const { exitCode, records } = await session.run({
      body: `set -e\n${body}`,
      output: (stream, data) => this.#keep(stream, data),
    });
    return { exitCode, records, stdout: this.#stdout.text(), stderr: this.#stderr.text() };
  }

  #keep(stream: "stdout" | "stderr", data: Buffer): void {
    (stream === "stdout" ? this.#stdout : this.#stderr).push(data);
    this.#source.output(stream, data);
  }

  #host(): RunHost {
    const { line, signal, reboot } = this.#source;
    const exec = (script: Script): Promise<ExecResult> => this.#exec(script);
    return {
      name: line.host.name,
      signal,
      exec,
      reaches: (address, port, timeout) => line.reaches(address, port, timeout),
      reboot: (request) => reboot(request, exec),
      log: (text) => this.#keep("stdout", Buffer.from(text)),
    };
  }

  /** A script of a `run` module: its output is an answer to the module, not the step's own. */
  async #exec(script: Script): Promise<ExecResult> {
    const stdout = new Tail(KEPT_OUTPUT);
    const stderr = new Tail(KEPT_OUTPUT);
    const { line, signal } = this.#source;
    const body = wrap(sh.lines(sh`set -e`, script), this.#surroundings).text;
    return await line.withSession(this.#become, signal, async (session) => {
      this.#roundTrips += 1;
      const output = (stream: string, data: Buffer): void =>
        (stream === "stdout" ? stdout : stderr).push(data);
      const { exitCode } = await session.run({ body, output });
      return { exitCode, stdout: stdout.text(), stderr: stderr.text() };
    });
  }
}

/** In a dry run: a step whose options need the output of one that was not really run. */
export function knownAfterApply(unknown: ReadonlySet<string>): AttemptOutcome {
  const message = `would run; known only after ${[...unknown].map((id) => `"${id}"`).join(", ")}`;
  return { status: "changed", message, changes: [], roundTrips: 0, stderr: "", truncated: false };
}

/** A thrown error, as the outcome of the step. */
export function failureOf(thrown: unknown): AttemptOutcome {
  const hint = thrown instanceof RcmError && thrown.hint ? ` (${thrown.hint})` : "";
  return {
    status: "failed",
    message: "",
    error: `${messageOf(thrown)}${hint}`,
    changes: [],
    roundTrips: 0,
    stderr: "",
    truncated: false,
  };
}
