import { RcmError } from "../errors.ts";
import type { Foreseen, Pass } from "../module/work.ts";
import type { PlannedStep } from "../plan/plan.ts";
import type { Answer, Sent } from "../transport/request.ts";
import { abortable } from "../util/abortable.ts";
import { type Deferred, deferred } from "../util/deferred.ts";
import { Batch, type BatchOptions, isSettledByHost, type LateOutput, type TakeOutput } from "./batch.ts";
import type { HostLine } from "./line.ts";
import type { Prepared } from "./prepare.ts";
import { guarded, type Lease } from "./sessions.ts";

/** What sending ahead works with. */
export interface TurnOptions extends BatchOptions {
  readonly line: HostLine;
  /** Prepares a step whose turn has not come; undefined when it is not known yet whether it is to run, or what. */
  readonly prepare: (step: PlannedStep) => Promise<Prepared | undefined>;
  /** Is awaited before anything of these steps is sent. */
  readonly begun: (steps: readonly PlannedStep[]) => Promise<void>;
}

/** What an exchange came to. */
export interface Exchange {
  readonly answer: Answer;
  /** 0 when it had been sent with another step. */
  readonly roundTrips: number;
}

/** A lent session, and how many steps still need it. */
interface Shared {
  readonly lease: Lease;
  holders: number;
}

/** What is under way of a step that was sent before its turn. */
interface Underway {
  readonly shared: Shared;
  readonly sent: Sent;
  readonly output: LateOutput;
}

/** A step on its way: from being sent ahead, or its turn, to its end. */
export class Turn {
  readonly step: PlannedStep;
  readonly #options: TurnOptions;
  readonly #claim: () => readonly Turn[];
  #followers: readonly Turn[] = [];
  #prepared: Prepared | undefined;
  /** What is under way of it since before its turn. */
  #underway: Underway | undefined;
  /** The session that it uses in its turn. */
  #shared: Shared | undefined;
  /** Settles when whoever holds this step has sent it, or has let go of it. */
  #held: Deferred<void> | undefined;
  #hasCome = false;
  #isOver = false;
  #isSettledByHost = false;
  /** Which attempt this is, counted from 1. */
  attempt = 1;

  constructor(step: PlannedStep, options: TurnOptions, claim: () => readonly Turn[]) {
    this.step = step;
    this.#options = options;
    this.#claim = claim;
  }

  /** Can it be sent before its turn? What is under way already only behind something that it needs. */
  isFree(isBehind: boolean): boolean {
    return !this.#hasCome && this.#held === undefined && (this.#underway === undefined || isBehind);
  }

  come(): void {
    this.#hasCome = true;
    if (this.#held === undefined && this.#underway === undefined && isSendable(this.step)) this.#hold();
  }

  /** Waits until it is known whether the step has been sent ahead; gives what was prepared of a wanted one then. */
  async ready(): Promise<Prepared | undefined> {
    if (this.#held) {
      await this.#held.promise;
      if (!this.#underway) this.#hold();
    }
    const prepared = this.#prepared;
    this.#prepared = undefined;
    return prepared;
  }

  /** Will a resumed run learn from the host what became of the step? */
  get isSettledByHost(): boolean {
    return this.#isSettledByHost;
  }

  /** The answer to a pass of this step, which is sent unless it was sent ahead. */
  async exchange(prepared: Prepared, pass: Pass, signal: AbortSignal, output: TakeOutput): Promise<Exchange> {
    this.#isSettledByHost = isSettledByHost(prepared);
    const early = this.#underway && (await this.#arrived(this.#underway, signal, output));
    if (early) return { answer: early, roundTrips: 0 };
    const shared = await this.#session(prepared);
    const sent = await this.#send(shared, prepared, pass, signal, output);
    return { answer: await guarded(shared.lease, signal, () => sent.answer), roundTrips: 1 };
  }

  /** The step has ended: lets go of what it holds. */
  finish(): void {
    this.#isOver = true;
    this.#letGo();
    this.#forget();
    this.#leave(this.#shared);
    this.#shared = undefined;
  }

  async drop(end: boolean): Promise<void> {
    this.#hasCome = true;
    if (end) await this.#underway?.shared.lease.end();
    this.finish();
  }

  /** The answer to what was sent ahead; undefined when the host did not run it, so that it has to be sent now. */
  async #arrived(underway: Underway, signal: AbortSignal, output: TakeOutput): Promise<Answer | undefined> {
    this.#underway = undefined;
    this.#shared = underway.shared;
    underway.output.open(output);
    try {
      const answer = await guarded(underway.shared.lease, signal, () => underway.sent.answer);
      return answer.skipped ? undefined : answer;
    } catch (error) {
      // The session ended before it came to this step: then nothing of it has happened.
      const isUntouched = error instanceof RcmError && error.code === "protocol" && !underway.sent.begun();
      if (isUntouched && !signal.aborted) return undefined;
      throw error;
    }
  }

  async #session({ become }: Prepared): Promise<Shared> {
    if (this.#shared?.lease.session.alive) return this.#shared;
    this.#leave(this.#shared);
    this.#shared = undefined;
    this.#shared = { lease: await this.#options.line.lend(become), holders: 1 };
    return this.#shared;
  }

  async #send(
    shared: Shared,
    prepared: Prepared,
    pass: Pass,
    signal: AbortSignal,
    output: TakeOutput,
  ): Promise<Sent> {
    this.#hold();
    try {
      const batch = new Batch(this.#options);
      batch.add(prepared, pass, this.attempt, output);
      const going = await this.#compose(batch, prepared);
      this.#options.line.expectFiles(batch.expected, prepared.become);
      const files = batch.files.map((file) => this.#options.line.send(file, prepared.become));
      await abortable(Promise.all(files), signal);
      await this.#options.begun(going.map((turn) => turn.step));
      signal.throwIfAborted();
      const { line } = this.#options;
      const [own, ...others] = line.submit(shared.lease.session, prepared.become, batch.requests);
      going.forEach((turn, i) => {
        turn.#goes({ shared, sent: others[i] as Sent, output: batch.outputs[i + 1] as LateOutput });
      });
      return own as Sent;
    } finally {
      this.#letGo();
    }
  }

  /** Takes hold of those that can follow. */
  #hold(): void {
    this.#letGo();
    this.#followers = this.#claim();
    for (const turn of this.#followers) turn.#held = deferred();
  }

  #letGo(): void {
    for (const turn of this.#followers) {
      turn.#held?.resolve();
      turn.#held = undefined;
    }
    this.#followers = [];
  }

  /** It was sent ahead. If it has been dropped meanwhile, nobody waits for its answer. */
  #goes(underway: Underway): void {
    this.#forget();
    underway.sent.answer.catch(() => undefined);
    underway.shared.holders += 1;
    this.#underway = underway;
    if (this.#isOver) this.#forget();
  }

  #forget(): void {
    this.#leave(this.#underway?.shared);
    this.#underway = undefined;
  }

  #leave(shared: Shared | undefined): void {
    if (!shared) return;
    shared.holders -= 1;
    if (shared.holders === 0) shared.lease.giveBack();
  }

  /** Adds to the batch the followers that can go with it; what was probed of the others is not valid any more. */
  async #compose(batch: Batch, prepared: Prepared): Promise<readonly Turn[]> {
    const foreseen: Foreseen = new Map();
    prepared.work?.foresee(foreseen);
    const going: Turn[] = [];
    for (const turn of this.#followers) {
      const before = await turn.#underway?.sent.answer.catch(() => undefined);
      if (before && !before.skipped && !before.held) continue; // it has run
      const ahead = batch.takes(turn.step) ? await turn.#passAhead(before, foreseen) : undefined;
      if (ahead && ahead.prepared.become?.user === prepared.become?.user) {
        batch.add(ahead.prepared, ahead.pass, 1);
        going.push(turn);
      } else turn.#forget();
    }
    return going;
  }

  /** What to send of this step before its turn: its first pass, or after a probe what came of that. */
  async #passAhead(
    before: Answer | undefined,
    foreseen: Foreseen,
  ): Promise<{ readonly prepared: Prepared; readonly pass: Pass } | undefined> {
    this.#prepared ??= await this.#options.prepare(this.step);
    const prepared = this.#prepared;
    if (!prepared?.work) return undefined;
    if (before && !before.skipped) {
      const answer = { ...before, stdout: "", stderr: "" };
      const pass = await prepared.work.again(answer, foreseen).catch(() => undefined);
      return pass && { prepared, pass };
    }
    prepared.work.foresee(foreseen);
    return { prepared, pass: prepared.work.first };
  }
}

/** It is not this side that runs it. */
export function isSendable({ call }: PlannedStep): boolean {
  return call.definition.run === undefined;
}
