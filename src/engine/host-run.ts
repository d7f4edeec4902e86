import type { RunRecord } from "../checkpoint/run-folder.ts";
import { NO_SINK, type Sink } from "../checkpoint/sink.ts";
import type { RcmError } from "../errors.ts";
import type { Counts, Emit, HostFinished, HostStatus } from "../event/event.ts";
import { NotKnown } from "../module/context.ts";
import type { LocalSide } from "../module/define.ts";
import { type Result, succeeded } from "../module/result.ts";
import type { RebootRequest } from "../module/run.ts";
import type { Mode } from "../module/work.ts";
import { viewOf } from "../plan/build.ts";
import { ordered } from "../plan/graph.ts";
import type { HostPart, HostPlan, PlannedStep } from "../plan/plan.ts";
import { stepsOf } from "../plan/plan.ts";
import { Ahead } from "./ahead.ts";
import { type ContextUse, contextFor } from "./context.ts";
import type { Dial } from "./dial.ts";
import { HostJournal } from "./host-journal.ts";
import { HostLine } from "./line.ts";
import { Outlet } from "./outlet.ts";
import { type Prepared, prepare, readsFacts } from "./prepare.ts";
import { Reach } from "./reach.ts";
import { reboot } from "./reboot.ts";
import { countResults, notRun } from "./results.ts";
import type { Vault } from "./secrets.ts";
import { runStep } from "./step-run.ts";
import { StubLine, type Stubs } from "./stubs.ts";
import type { Turn } from "./turn.ts";

/** What a host's run works with. */
export interface HostRunOptions {
  readonly plan: HostPlan;
  /** Id of the run. */
  readonly id: string;
  readonly mode: Mode;
  readonly dial: Dial;
  readonly record: RunRecord;
  readonly local: LocalSide;
  readonly secrets: Vault;
  /** Send steps together where that is possible. */
  readonly fuse: boolean;
  readonly emit: Emit;
  /** What stands in for the host, in stub mode. */
  readonly stubs?: Stubs | undefined;
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
  readonly #reach: Reach;
  readonly #steps: ReadonlyMap<string, PlannedStep>;
  readonly #pending = new Map<string, Promise<Result>>();
  readonly #results = new Map<string, Result>();
  readonly #journal: HostJournal;
  readonly #ahead: Ahead;

  constructor(options: HostRunOptions) {
    this.#options = options;
    const { plan, dial, record, stubs } = options;
    this.#line = stubs ? new StubLine(plan.host, stubs) : new HostLine(plan.host, dial, record.receipts);
    this.#journal = new HostJournal(record, plan.host.name);
    this.#reach = new Reach(this.#line, options.emit, options.signal);
    this.#steps = new Map(stepsOf(options.plan).map((step) => [step.id, step]));
    this.#ahead = new Ahead({
      steps: [...this.#steps.values()],
      line: this.#line,
      mode: options.mode,
      results: this.#results,
      prepare: (step) => this.#prepareAhead(step),
      begun: (steps) => this.#journal.begun(steps.map(({ id }) => id)),
      receiptOf: ({ id }, attempt) =>
        this.#line.receiptOf(id, attempt === undefined ? "all" : `${this.#journal.endsOf(id)}.${attempt}`),
      fuse: options.fuse,
    });
  }

  get name(): string {
    return this.#options.plan.host.name;
  }

  /** Opens the journal and reads what an earlier run left. */
  async prepare(): Promise<void> {
    await this.#journal.open();
  }

  /** Runs one runbook's steps. Returns true when none of them failed. */
  async runPart(part: HostPart, blocked: string | undefined): Promise<boolean> {
    return await this.#line.traffic.times.during("here", this.#runPart(part, blocked));
  }

  async #runPart(part: HostPart, blocked: string | undefined): Promise<boolean> {
    const isOpen = part.steps.some((step) => !this.#journal.final(step.id));
    const isNeeded = blocked === undefined && isOpen && !this.#options.signal.aborted;
    const { isRebooting } = this.#journal;
    const refusal = isNeeded && !this.#options.stubs ? await this.#reach.connect({ isRebooting }) : undefined;
    if (refusal) return false;
    if (this.#options.fuse) void this.#foreseeFacts(part);
    const results = await Promise.all(ordered(part.steps).map((id) => this.#result(id, part, blocked)));
    return (await this.#reach.admitted) && results.every(succeeded) && this.#reach.unreachable === undefined;
  }

  /** Waits until the disk has what the host knows of the run, which it may then forget. */
  async keep(): Promise<void> {
    await this.#journal.sync();
  }

  /** Closes the line and says how it went. */
  async finish(): Promise<HostSummary> {
    // A run that is to be resumed needs them; where no process was run and nothing changed there are none.
    const isOver = !this.#options.signal.aborted && this.#reach.unreachable === undefined;
    const left = [...this.#results.values()].some(
      ({ exitCode, changed }) => exitCode !== undefined || changed,
    );
    await this.#line.close(isOver && left);
    await this.#journal.close();
    const counts = countResults([...this.#results.values()]);
    const error = this.#options.secrets.redactor.error(this.#reach.unreachable);
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
      ...this.#cost(),
      ...(error ? { error: error.message, ...(error.hint ? { hint: error.hint } : {}) } : {}),
    });
    return { host: this.name, status, counts, ...(error ? { error } : {}) };
  }

  #cost(): Pick<HostFinished, "traffic" | "times"> {
    const { times, ...traffic } = this.#line.traffic;
    return { traffic, times: times.spent };
  }

  /** The result of a step: from the earlier run, or by running it, the first time it is asked for. */
  #result(id: string, part: HostPart, blocked: string | undefined): Promise<Result> {
    const known = this.#pending.get(id) ?? this.#settle(this.#step(id), part, blocked);
    this.#pending.set(id, known);
    return known;
  }

  async #settle(step: PlannedStep, part: HostPart, blocked: string | undefined): Promise<Result> {
    const restored = this.#journal.final(step.id);
    if (restored) return this.#finished(step, restored, true);
    const needed = await Promise.all(
      step.needs.map(async (id) => [id, await this.#result(id, part, blocked)] as const),
    );
    const failed = needed.find(([, result]) => !succeeded(result));
    const withoutRunning = this.#withoutRunning(step, blocked, failed);
    if (withoutRunning) {
      await this.#ahead.drop(step, this.#options.signal.aborted);
      await this.#journal.notRun(step.id, withoutRunning);
      return this.#finished(step, withoutRunning, false);
    }
    const turn = this.#ahead.turn(step);
    const result = await this.#run(step, turn);
    await this.#journal.ended(step.id, result, turn.isSettledByHost);
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
    if (this.#reach.unreachable) return notRun("blocked", "the host is unreachable");
    const isIdle =
      step.changedNeeds.length > 0 && !step.changedNeeds.some((id) => this.#results.get(id)?.changed);
    return isIdle ? notRun("skipped", `no change in ${step.changed.join(", ")}`) : undefined;
  }

  async #run(step: PlannedStep, turn: Turn): Promise<Result> {
    const { mode, local, emit, signal, stubs } = this.#options;
    const result = await runStep({
      step,
      turn,
      line: this.#line,
      mode,
      local,
      stubs,
      redactor: this.#options.secrets.redactor,
      sink: this.#outlet(step),
      emit,
      signal,
      context: () => this.#context(step),
      begun: () => this.#journal.begun([step.id]),
      lost: (error) => this.#reach.lost(error),
      reboot: (request, run, until) => this.#reboot(step, request, run, until),
    });
    const isRefused = result.status === "failed" && !(await this.#reach.admitted);
    return isRefused ? notRun("blocked", "the host is unreachable") : result;
  }

  /** The run's own copy of a step's output. */
  #kept(step: PlannedStep): Sink {
    return step.sink?.keeps === false ? NO_SINK : this.#options.record.sink(this.name, step.id);
  }

  #outlet(step: PlannedStep): Outlet {
    const { secrets, emit, id, mode } = this.#options;
    const place = { run: id, host: this.name, step: step.id, secrets: secrets.of(step) };
    const own = mode === "apply" ? step.sink : undefined; // anything else leaves no traces
    return new Outlet(this.#kept(step), own, place, (message) =>
      emit({ type: "warning", host: this.name, message }),
    );
  }

  #context(step: PlannedStep): ContextUse {
    return contextFor(step, {
      host: viewOf(this.#options.plan.host),
      facts: this.#line.knownFacts,
      secrets: this.#options.secrets.of(step),
      steps: this.#steps,
      results: this.#results,
      printed: (id, stream) => this.#kept(this.#step(id)).last(stream)?.toString("utf8"),
    });
  }

  /** Facts that some step will read come with the first answers. */
  async #foreseeFacts({ steps }: HostPart): Promise<void> {
    for (const step of steps) {
      if (this.#line.knownFacts || this.#journal.final(step.id)) continue;
      if (await readsFacts(step, this.#context(step).ctx)) return this.#line.wantFacts();
    }
  }

  /**
   * Prepares a step before its turn, if it is to run and everything that it reads is known; what is wrong with it shows
   * in its turn.
   */
  async #prepareAhead(step: PlannedStep): Promise<Prepared | undefined> {
    const { ctx, unknown } = this.#context(step);
    const { mode, local, secrets } = this.#options;
    try {
      if (step.when && !(await step.when(ctx))) return undefined;
      const prepared = await prepare(step, ctx, {
        line: this.#line,
        mode,
        local,
        redactor: secrets.redactor,
      });
      return unknown.size > 0 ? undefined : prepared;
    } catch (error) {
      if (error instanceof NotKnown && error.what === "facts") this.#line.wantFacts();
      return undefined;
    }
  }

  /** A reboot that an earlier rcm began counts as done when the boot id says so. */
  async #reboot(
    step: PlannedStep,
    request: RebootRequest,
    run: Parameters<typeof reboot>[2],
    signal: AbortSignal,
  ): Promise<void> {
    const before = this.#journal.bootBefore(step.id);
    if (before !== undefined && before !== (await this.#line.facts()).bootId) return;
    const begun = (bootId: string): Promise<void> => this.#journal.rebooting(step.id, bootId);
    await reboot(this.#line, request, run, begun, signal);
    this.#options.emit({ type: "host-connected", host: this.name });
  }

  /** The event comes after the journal, so nothing is shown that a crash of rcm could take back. */
  #finished(step: PlannedStep, result: Result, restored: boolean): Result {
    this.#results.set(step.id, result);
    this.#options.emit({ type: "step-finished", host: this.name, step: step.id, result, restored });
    return result;
  }

  #step(id: string): PlannedStep {
    const step = this.#steps.get(id);
    if (!step) throw new Error(`no step ${id} in the plan of ${this.name}`);
    return step;
  }
}
