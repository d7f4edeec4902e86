import { setTimeout as delay } from "node:timers/promises";
import type { Journal, Restored } from "../checkpoint/journal.ts";
import type { RunRecord } from "../checkpoint/run-folder.ts";
import type { Sink } from "../checkpoint/sink.ts";
import { RcmError } from "../errors.ts";
import type { Counts, Emit, HostStatus } from "../event/event.ts";
import type { LocalSide } from "../module/define.ts";
import { type Result, succeeded } from "../module/result.ts";
import type { RebootRequest } from "../module/run.ts";
import type { Mode } from "../module/work.ts";
import { viewOf } from "../plan/build.ts";
import { ordered } from "../plan/graph.ts";
import type { HostPart, HostPlan, PlannedStep } from "../plan/plan.ts";
import { stepsOf } from "../plan/plan.ts";
import { type AttemptOutcome, attempt, failureOf, knownAfterApply } from "./attempt.ts";
import { type ContextUse, contextFor } from "./context.ts";
import type { Dial } from "./dial.ts";
import { HostLine } from "./line.ts";
import { reboot, reconnect } from "./reboot.ts";
import { asUnreachable, countResults, isFatal, isFinal, judged, notRun, toResult } from "./results.ts";

/** How long a resumed run waits for a host that was being rebooted when rcm died, in ms. */
const REBOOT_PATIENCE = 600_000;

/** What a host's run works with. */
export interface HostRunOptions {
  readonly plan: HostPlan;
  readonly mode: Mode;
  readonly dial: Dial;
  readonly record: RunRecord;
  readonly local: LocalSide;
  readonly emit: Emit;
  /** Aborts when the whole run is to stop. */
  readonly signal: AbortSignal;
}

/** What a host's run came to. */
export interface HostSummary {
  readonly host: string;
  readonly status: HostStatus;
  readonly counts: Counts;
  /** Why it was unreachable. */
  readonly error?: RcmError;
}

/** One host walking its DAG: a step starts when all it awaits is done; independent ones run at the same time. */
export class HostRun {
  readonly #options: HostRunOptions;
  readonly #line: HostLine;
  readonly #steps: ReadonlyMap<string, PlannedStep>;
  readonly #pending = new Map<string, Promise<Result>>();
  readonly #results = new Map<string, Result>();
  #connected: Promise<RcmError | undefined> | undefined;
  #journal: Journal | undefined;
  #restored: Restored | undefined;
  #unreachable: RcmError | undefined;

  constructor(options: HostRunOptions) {
    this.#options = options;
    this.#line = new HostLine(options.plan.host, options.dial);
    this.#steps = new Map(stepsOf(options.plan).map((step) => [step.id, step]));
  }

  get name(): string {
    return this.#options.plan.host.name;
  }

  /** Opens the journal and reads what an earlier run left. */
  async prepare(): Promise<void> {
    this.#restored = await this.#options.record.restored(this.name);
    this.#journal = await this.#options.record.journal(this.name);
  }

  /** Runs one runbook's steps. Returns true when none of them failed. */
  async runPart(part: HostPart, blocked: string | undefined): Promise<boolean> {
    const isOpen = part.steps.some((step) => !this.#isRestored(step.id));
    const isNeeded = blocked === undefined && isOpen && !this.#options.signal.aborted;
    const refusal = isNeeded ? await this.#connect() : undefined;
    if (refusal) return false;
    const results = await Promise.all(ordered(part.steps).map((id) => this.#result(id, part, blocked)));
    return results.every(succeeded) && this.#unreachable === undefined;
  }

  /** Closes the line and says how it went. */
  async finish(): Promise<HostSummary> {
    await this.#line.close();
    await this.#journal?.close();
    const counts = countResults([...this.#results.values()]);
    const error = this.#unreachable;
    const status = error
      ? "unreachable"
      : counts.failed > 0
        ? "failed"
        : counts.cancelled > 0
          ? "cancelled"
          : "ok";
    this.#options.emit({
      type: "host-finished",
      host: this.name,
      status,
      counts,
      traffic: { ...this.#line.traffic },
      ...(error ? { error: error.message, ...(error.hint ? { hint: error.hint } : {}) } : {}),
    });
    return { host: this.name, status, counts, ...(error ? { error } : {}) };
  }

  /** Connects, the first time it is asked to; gives why that was not possible. */
  #connect(): Promise<RcmError | undefined> {
    this.#connected ??= this.#open();
    return this.#connected;
  }

  async #open(): Promise<RcmError | undefined> {
    const { emit, signal } = this.#options;
    emit({ type: "host-connecting", host: this.name });
    try {
      const isRebooting = (this.#restored?.rebooting.size ?? 0) > 0;
      if (isRebooting) await reconnect(this.#line, REBOOT_PATIENCE, signal, () => true);
      else await this.#line.connect();
      emit({ type: "host-connected", host: this.name });
      return undefined;
    } catch (error) {
      if (signal.aborted) return new RcmError("interrupted", { code: "interrupted" });
      this.#unreachable = asUnreachable(error);
      return this.#unreachable;
    }
  }

  /** The result of a step: from the earlier run, or by running it, the first time it is asked for. */
  #result(id: string, part: HostPart, blocked: string | undefined): Promise<Result> {
    const known = this.#pending.get(id) ?? this.#settle(this.#step(id), part, blocked);
    this.#pending.set(id, known);
    return known;
  }

  async #settle(step: PlannedStep, part: HostPart, blocked: string | undefined): Promise<Result> {
    const restored = this.#restored?.finished.get(step.id);
    if (restored && isFinal(restored)) return this.#finished(step, restored, true);
    const needed = await Promise.all(
      step.needs.map(async (id) => [id, await this.#result(id, part, blocked)] as const),
    );
    const failed = needed.find(([, result]) => !succeeded(result));
    const withoutRunning = this.#withoutRunning(step, blocked, failed);
    if (withoutRunning) return this.#finished(step, withoutRunning, false);
    const result = await this.#run(step, part);
    // What was cancelled is not done: a resumed run does it.
    if (result.status !== "cancelled") await this.#journalled({ type: "finished", step: step.id, result });
    return this.#finished(step, result, false);
  }

  /** The result of a step that may not be run. */
  #withoutRunning(
    step: PlannedStep,
    blocked: string | undefined,
    failed: readonly [string, Result] | undefined,
  ): Result | undefined {
    if (blocked !== undefined) return notRun("blocked", blocked);
    if (failed) {
      const [id, { status }] = failed;
      const what = { failed: "failed", cancelled: "was cancelled" }[status as string] ?? "was blocked";
      return notRun(status === "cancelled" ? "cancelled" : "blocked", `awaits "${id}", which ${what}`);
    }
    if (this.#options.signal.aborted) return notRun("cancelled", "interrupted");
    if (this.#unreachable) return notRun("blocked", "the host is unreachable");
    const isIdle =
      step.changedNeeds.length > 0 && !step.changedNeeds.some((id) => this.#results.get(id)?.changed);
    return isIdle ? notRun("skipped", `no change in ${step.changed.join(", ")}`) : undefined;
  }

  async #run(step: PlannedStep, part: HostPart): Promise<Result> {
    const startedAt = Date.now();
    const { ctx, unknown } = contextFor(step, {
      host: viewOf(this.#options.plan.host),
      facts: this.#line.facts,
      params: part.params,
      steps: this.#steps,
      results: this.#results,
      fullOutput: (id) => this.#options.record.sink(this.name, id).stdout()?.toString("utf8"),
    });
    const sink = this.#options.record.sink(this.name, step.id);
    const { mode, signal } = this.#options;
    try {
      const isWanted = step.when === undefined || (await step.when(ctx));
      if (!isWanted) return notRun("skipped", "its condition does not hold");
      const [outcome, attempts] = await this.#attempts(step, { ctx, unknown }, sink);
      return toResult(outcome, { attempts, startedAt, step, isInterrupted: signal.aborted });
    } catch (error) {
      if (isFatal(error)) throw error;
      const outcome = unknown.size > 0 && mode === "check" ? knownAfterApply(unknown) : failureOf(error);
      return toResult(outcome, { attempts: 1, startedAt, step, isInterrupted: false });
    } finally {
      sink.close();
    }
  }

  async #attempts(
    step: PlannedStep,
    use: ContextUse,
    sink: Sink,
  ): Promise<readonly [AttemptOutcome, number]> {
    const { emit, signal } = this.#options;
    const { max, delay: first, backoff, maxDelay, jitter } = step.retry;
    let wait = first;
    for (let count = 1; ; count++) {
      await this.#begin(step, count, sink);
      const outcome = await this.#attempt(step, use, sink);
      if (outcome.status !== "failed" || count >= max || signal.aborted || this.#unreachable)
        return [outcome, count];
      const pause = Math.min(wait, maxDelay) * (1 - jitter * Math.random());
      emit({
        type: "step-retry",
        host: this.name,
        step: step.id,
        attempt: count,
        of: max,
        delay: pause,
        error: outcome.error ?? "",
      });
      await delay(pause, undefined, { signal }).catch(() => undefined);
      wait *= backoff;
    }
  }

  async #begin(step: PlannedStep, count: number, sink: Sink): Promise<void> {
    if (count === 1) await this.#journalled({ type: "started", step: step.id, at: Date.now() });
    sink.begin(count);
    this.#options.emit({ type: "step-started", host: this.name, step: step.id, attempt: count });
  }

  /** One attempt within its time, and what `post` and `assert` say of it. */
  async #attempt(step: PlannedStep, { ctx, unknown }: ContextUse, sink: Sink): Promise<AttemptOutcome> {
    const expired = new AbortController();
    const timer = step.timeout === undefined ? undefined : setTimeout(() => expired.abort(), step.timeout);
    const signal = AbortSignal.any([this.#options.signal, expired.signal]);
    try {
      const outcome = await attempt(step, {
        line: this.#line,
        mode: this.#options.mode,
        local: this.#options.local,
        ctx,
        unknown,
        signal,
        output: (stream, data) => {
          sink.write(stream, data);
          this.#options.emit({ type: "step-output", host: this.name, step: step.id, stream, data });
        },
        reboot: (request, run) => this.#reboot(step, request, run, signal),
      });
      return await judged(step, outcome, () => sink.stdout()?.toString("utf8"));
    } catch (error) {
      if (isFatal(error)) throw error;
      if (expired.signal.aborted)
        return { ...failureOf(error), error: `timed out after ${(step.timeout ?? 0) / 1000} s` };
      if (this.#options.signal.aborted)
        return failureOf(new RcmError("interrupted", { code: "interrupted" }));
      if (error instanceof RcmError && error.code === "unreachable") this.#unreachable = error;
      if (unknown.size > 0 && this.#options.mode === "check") return knownAfterApply(unknown);
      return failureOf(error);
    } finally {
      clearTimeout(timer);
    }
  }

  /** A reboot that an earlier rcm began counts as done when the boot id says so. */
  async #reboot(
    step: PlannedStep,
    request: RebootRequest,
    run: Parameters<typeof reboot>[2],
    signal: AbortSignal,
  ): Promise<void> {
    const before = this.#restored?.rebooting.get(step.id);
    if (before !== undefined && before !== this.#line.facts.bootId) return;
    const begun = (bootId: string): Promise<void> =>
      this.#journalled({ type: "rebooting", step: step.id, bootId, at: Date.now() });
    await reboot(this.#line, request, run, begun, signal);
    this.#options.emit({ type: "host-connected", host: this.name });
  }

  /** The event comes after the journal, so nothing is shown that a crash could take back. */
  #finished(step: PlannedStep, result: Result, restored: boolean): Result {
    this.#results.set(step.id, result);
    this.#options.emit({ type: "step-finished", host: this.name, step: step.id, result, restored });
    return result;
  }

  async #journalled(entry: Parameters<Journal["append"]>[0]): Promise<void> {
    await this.#journal?.append(entry);
  }

  #isRestored(id: string): boolean {
    const result = this.#restored?.finished.get(id);
    return result !== undefined && isFinal(result);
  }

  #step(id: string): PlannedStep {
    const step = this.#steps.get(id);
    if (!step) throw new Error(`no step ${id} in the plan of ${this.name}`);
    return step;
  }
}
