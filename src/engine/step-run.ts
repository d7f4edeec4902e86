import { setTimeout as delay } from "node:timers/promises";
import { RcmError } from "../errors.ts";
import type { Emit } from "../event/event.ts";
import { NotKnown } from "../module/context.ts";
import { changesBy } from "../module/define.ts";
import type { Result } from "../module/result.ts";
import type { ExecResult, RebootRequest } from "../module/run.ts";
import type { Mode } from "../module/work.ts";
import type { PlannedStep } from "../plan/plan.ts";
import type { Redactor } from "../redact/redactor.ts";
import type { Script } from "../shell/script.ts";
import { type AttemptOutcome, attempt, failureOf, knownAfterApply } from "./attempt.ts";
import type { ContextUse } from "./context.ts";
import type { HostLine } from "./line.ts";
import type { Outlet } from "./outlet.ts";
import { type Prepared, type PrepareSource, prepare } from "./prepare.ts";
import { redactedResult } from "./redacted.ts";
import { isFatal, judged, notRun, toResult } from "./results.ts";
import type { Stubs } from "./stubs.ts";
import type { Turn } from "./turn.ts";

/** What a step's run works with. */
export interface StepRunOptions extends PrepareSource {
  readonly step: PlannedStep;
  readonly turn: Turn;
  readonly line: HostLine;
  readonly mode: Mode;
  /** What stands in for the host, in stub mode. */
  readonly stubs: Stubs | undefined;
  readonly redactor: Redactor;
  readonly sink: Outlet;
  readonly emit: Emit;
  /** Aborts when the whole run is to stop. */
  readonly signal: AbortSignal;
  /** The context as things stand now. */
  readonly context: () => ContextUse;
  /** Is awaited before anything is sent. */
  readonly begun: () => Promise<void>;
  /** The line has gone. */
  readonly lost: (error: RcmError) => void;
  reboot(
    request: RebootRequest,
    run: (script: Script) => Promise<ExecResult>,
    signal: AbortSignal,
  ): Promise<void>;
}

/** One step on one host: its condition, its attempts, and what they came to. */
export async function runStep(options: StepRunOptions): Promise<Result> {
  return redactedResult(options.redactor, await run(options));
}

async function run(options: StepRunOptions): Promise<Result> {
  const startedAt = Date.now();
  const { step, mode, signal, turn, sink } = options;
  const use = { unknown: new Set<string>() };
  try {
    const given = await turn.ready();
    if (!given && !(await isWanted(options, use))) {
      // Whether it holds may turn on what a dry run did not really do.
      if (mode !== "check" || use.unknown.size === 0) return notRun("skipped", "its condition does not hold");
      const so = { attempts: 1, startedAt, step, isInterrupted: false };
      return toResult(knownAfterApply(use.unknown, true), so);
    }
    const [outcome, attempts] = await tryOften(options, given, use, startedAt);
    return toResult(outcome, { attempts, startedAt, step, isInterrupted: signal.aborted });
  } catch (error) {
    if (isFatal(error)) throw error;
    const isUnknown = use.unknown.size > 0 && mode === "check";
    const outcome = isUnknown ? knownAfterApply(use.unknown, true) : failureOf(error);
    return toResult(outcome, { attempts: 1, startedAt, step, isInterrupted: false });
  } finally {
    turn.finish();
    await sink.close();
  }
}

/** Ids of steps whose output was read but is not known in a dry run. */
interface Use {
  unknown: Set<string>;
}

async function isWanted({ step, line, context }: StepRunOptions, use: Use): Promise<boolean> {
  const { when } = step;
  return when === undefined || (await withFacts(line, context, use, ({ ctx }) => when(ctx)));
}

/** Does something with the context; asks the host for its facts only when that turns out to read them. */
async function withFacts<T>(
  line: HostLine,
  context: () => ContextUse,
  use: Use,
  task: (known: ContextUse) => T | Promise<T>,
): Promise<T> {
  for (let isAgain = false; ; isAgain = true) {
    const known = context();
    use.unknown = known.unknown;
    try {
      return await task(known);
    } catch (error) {
      if (isAgain || !(error instanceof NotKnown) || error.what !== "facts") throw error;
      await line.facts();
    }
  }
}

async function tryOften(
  options: StepRunOptions,
  given: Prepared | undefined,
  use: Use,
  startedAt: number,
): Promise<readonly [AttemptOutcome, number]> {
  const { step, line, emit, signal } = options;
  const { max, delay: first, backoff, maxDelay, jitter, on, within, wait: rule } = step.retry;
  let wait = first;
  for (let count = 1; ; count++) {
    options.turn.attempt = count;
    await begin(options, count);
    const outcome = await tryOnce(options, count === 1 ? given : undefined, use, {
      attempts: count,
      startedAt,
    });
    const isTried = on.includes(outcome.rejected ? "assert" : "error");
    if (outcome.status !== "failed" || !isTried || count >= max || signal.aborted || !line.isUp)
      return [outcome, count];
    const pause = rule ? rule(count) : Math.min(wait, maxDelay) * (1 - jitter * Math.random());
    const spent = Date.now() - startedAt + pause;
    if (spent >= (within ?? Number.POSITIVE_INFINITY)) return [outcome, count];
    if (spent >= (step.deadline ?? Number.POSITIVE_INFINITY)) return [late(outcome, step.deadline), count];
    const about = { host: line.host.name, step: step.id, error: outcome.error ?? "" };
    const of = Number.isFinite(max) ? { of: max } : {};
    emit({ type: "step-retry", ...about, attempt: count, ...of, delay: pause });
    await delay(pause, undefined, { signal }).catch(() => undefined);
    wait *= backoff;
  }
}

async function begin({ step, line, sink, emit, begun }: StepRunOptions, attempt: number): Promise<void> {
  if (attempt === 1) await begun();
  sink.begin(attempt);
  emit({ type: "step-started", host: line.host.name, step: step.id, attempt });
}

/** One attempt within its time, and what `post` and `assert` say of it. */
async function tryOnce(
  options: StepRunOptions,
  given: Prepared | undefined,
  use: Use,
  so: { readonly attempts: number; readonly startedAt: number },
): Promise<AttemptOutcome> {
  const { step, line, mode, redactor, sink, emit, turn } = options;
  const expired = new AbortController();
  const limit = timeLimit(step, so.startedAt);
  const clock = startClock(limit, line, expired);
  // A signal made of others stays known to them, so one is made only where it is needed.
  const signal = limit === undefined ? options.signal : AbortSignal.any([options.signal, expired.signal]);
  try {
    const prepared =
      given ?? (await withFacts(line, options.context, use, ({ ctx }) => prepare(step, ctx, options)));
    if (mode === "check" && use.unknown.size > 0) return knownAfterApply(use.unknown, changes(prepared));
    const outcome = await attempt(prepared, {
      line,
      mode,
      local: options.local,
      stubs: options.stubs,
      turn,
      signal,
      redactor,
      output: (stream, data) => {
        sink.write(stream, data);
        emit({ type: "step-output", host: line.host.name, step: step.id, stream, data });
      },
      reboot: (request, run) => options.reboot(request, run, signal),
    });
    return await judged(outcome, { ...so, step, isInterrupted: false }, () => sink.stdout());
  } catch (error) {
    return failed(error, options, use, expired.signal.aborted);
  } finally {
    clock.stop();
  }
}

/** What an attempt may take: its own time, and what is left of that of all attempts; undefined for any. */
function timeLimit({ timeout, deadline }: PlannedStep, startedAt: number): number | undefined {
  if (deadline === undefined) return timeout;
  return Math.max(1, Math.min(timeout ?? deadline, deadline - (Date.now() - startedAt)));
}

/** The outcome of the last attempt that there was time for. */
function late(outcome: AttemptOutcome, deadline = 0): AttemptOutcome {
  return { ...outcome, error: `timed out after ${deadline / 1000} s: ${outcome.error ?? "failed"}` };
}

/** A step's time begins when the host can begin with it: not before the login is through. */
function startClock(
  timeout: number | undefined,
  line: HostLine,
  expired: AbortController,
): { readonly stop: () => void } {
  if (timeout === undefined) return { stop: () => undefined };
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  const start = (): void => {
    if (!isStopped) timer = setTimeout(() => expired.abort(), timeout);
  };
  line.ready.then(start, start);
  return {
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}

function failed(
  error: unknown,
  { step, mode, signal, lost }: StepRunOptions,
  { unknown }: Use,
  isLate: boolean,
): AttemptOutcome {
  if (isFatal(error)) throw error;
  if (isLate) {
    const seconds = Math.min(
      step.timeout ?? Number.POSITIVE_INFINITY,
      step.deadline ?? Number.POSITIVE_INFINITY,
    );
    return { ...failureOf(error), error: `timed out after ${seconds / 1000} s` };
  }
  if (signal.aborted) return failureOf(new RcmError("interrupted", { code: "interrupted" }));
  if (error instanceof RcmError && error.code === "unreachable") lost(error);
  return unknown.size > 0 && mode === "check" ? knownAfterApply(unknown, true) : failureOf(error);
}

/** Whether running it is a change. */
function changes({ step, work, options }: Prepared): boolean {
  const { definition } = step.call;
  return definition.run ? changesBy(definition, options) : work?.kind !== "quiet";
}
