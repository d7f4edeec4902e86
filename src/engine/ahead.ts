import { RcmError } from "../errors.ts";
import type { Result } from "../module/result.ts";
import { succeeded } from "../module/result.ts";
import type { Foreseen, Mode, Pass } from "../module/work.ts";
import type { PlannedStep } from "../plan/plan.ts";
import { segmentsOf } from "../plan/segments.ts";
import { Script } from "../shell/script.ts";
import { wrap } from "../shell/wrap.ts";
import type { Answer, Request, Sent } from "../transport/session.ts";
import { type Deferred, deferred } from "../util/deferred.ts";
import type { HostLine } from "./line.ts";
import type { Prepared } from "./prepare.ts";
import { guarded, type Lease } from "./sessions.ts";

/** More steps than this do not travel in one write: results of the first ones would wait for the last ones to leave. */
const MAX_BATCH = 256;

/** Takes a step's output as it arrives. */
type TakeOutput = (stream: "stdout" | "stderr", data: Buffer) => void;

/** What sending ahead works with. */
export interface AheadOptions {
  readonly steps: readonly PlannedStep[];
  readonly line: HostLine;
  readonly mode: Mode;
  readonly results: ReadonlyMap<string, Result>;
  /** Prepares a step whose turn has not come; undefined when something it reads is not known yet. */
  readonly prepare: (step: PlannedStep) => Promise<Prepared | undefined>;
  /** Is awaited before anything of these steps is sent. */
  readonly begun: (steps: readonly PlannedStep[]) => Promise<void>;
  /** Name of the receipt that an attempt at a step leaves on the host; empty for none. */
  readonly receiptOf: (step: PlannedStep, attempt: number) => string;
  /** False: every step is sent by itself. */
  readonly fuse: boolean;
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

/**
 * Sends steps before their turn: with a step go those that follow it in its segment and whose inputs are known. The
 * host runs each only if what it needs went well; when its turn comes, its answer is on its way or there already.
 */
export class Ahead {
  readonly #options: AheadOptions;
  readonly #followers = new Map<string, readonly PlannedStep[]>();
  readonly #turns = new Map<string, Turn>();

  constructor(options: AheadOptions) {
    this.#options = options;
    for (const segment of options.fuse ? segmentsOf(options.steps) : []) {
      segment.forEach((step, i) => {
        this.#followers.set(step.id, segment.slice(i + 1, i + MAX_BATCH));
      });
    }
  }

  /** A step's turn has come. Those that can follow it are taken hold of at once, before theirs comes. */
  turn(step: PlannedStep): Turn {
    const turn = this.#turnOf(step);
    turn.come();
    return turn;
  }

  /** A step will not be run. With `end`, whatever the host has begun of it is ended. */
  async drop(step: PlannedStep, end: boolean): Promise<void> {
    await this.#turns.get(step.id)?.drop(end);
  }

  #turnOf(step: PlannedStep): Turn {
    const turn = this.#turns.get(step.id) ?? new Turn(step, this.#options, () => this.#claim(step));
    this.#turns.set(step.id, turn);
    return turn;
  }

  /**
   * The steps after this one that may go with it: their turn has not come, nobody else is about to send them, and
   * nothing but the host's knowledge keeps them back. What went already goes again only behind what it needs.
   */
  #claim(step: PlannedStep): readonly Turn[] {
    const claimed = new Set([step.id]);
    const turns: Turn[] = [];
    for (const follower of this.#followers.get(step.id) ?? []) {
      const turn = this.#turnOf(follower);
      const isBehind = follower.needs.some((need) => claimed.has(need));
      if (!turn.isFree(isBehind) || !canFollow(follower, claimed, this.#options.results)) continue;
      claimed.add(follower.id);
      turns.push(turn);
    }
    return turns;
  }
}

/** Everything that it needs is done, or goes before it; and nothing that this side must judge first. */
function canFollow(
  step: PlannedStep,
  before: ReadonlySet<string>,
  results: ReadonlyMap<string, Result>,
): boolean {
  if (!isSendable(step) || results.has(step.id)) return false;
  return step.needs.every((need) => before.has(need) || succeeds(results.get(need)));
}

/** Nothing on this side decides whether it runs, or runs it. */
function isSendable({ when, call }: PlannedStep): boolean {
  return when === undefined && call.definition.run === undefined;
}

function succeeds(result: Result | undefined): boolean {
  return result !== undefined && succeeded(result);
}

/** A step on its way: from being sent ahead, or its turn, to its end. */
export class Turn {
  readonly step: PlannedStep;
  readonly #options: AheadOptions;
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
  /** Which attempt this is, counted from 1. */
  attempt = 1;

  constructor(step: PlannedStep, options: AheadOptions, claim: () => readonly Turn[]) {
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

  /** Waits until it is known whether the step has been sent ahead; gives what was prepared for it then. */
  async ready(): Promise<Prepared | undefined> {
    if (this.#held) {
      await this.#held.promise;
      if (!this.#underway) this.#hold();
    }
    const prepared = this.#prepared;
    this.#prepared = undefined;
    return prepared;
  }

  /** The answer to a pass of this step, which is sent unless it was sent ahead. */
  async exchange(prepared: Prepared, pass: Pass, signal: AbortSignal, output: TakeOutput): Promise<Exchange> {
    const early = this.#underway && (await this.#arrived(this.#underway, signal, output));
    if (early) return { answer: early, roundTrips: 0 };
    const shared = await this.#session(prepared);
    const sent = await this.#send(shared, prepared, pass, signal, output);
    return { answer: await guarded(shared.lease, signal, () => sent.answer), roundTrips: 1 };
  }

  /** The step has ended: lets go of what it holds. */
  finish(): void {
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
      await Promise.all(batch.files.map((file) => this.#options.line.send(file, prepared.become)));
      await this.#options.begun(going.map((turn) => turn.step));
      signal.throwIfAborted();
      const [own, ...others] = shared.lease.session.submit(batch.requests);
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
    if (this.#hasCome && this.#options.results.has(this.step.id)) this.#forget();
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

/** What an exchange came to. */
export interface Exchange {
  readonly answer: Answer;
  /** 0 when it had been sent with another step. */
  readonly roundTrips: number;
}

/** Nothing about its end has to be judged on this side before others may begin. */
function isPlain({ step, work }: Prepared): boolean {
  return work?.isPlain === true && step.post === undefined && step.assert === undefined;
}

/** What goes out in one write. */
class Batch {
  readonly requests: Request[] = [];
  readonly outputs: LateOutput[] = [];
  readonly #options: AheadOptions;
  readonly #places = new Map<string, { readonly place: number; readonly isPlain: boolean }>();
  readonly #files: Pass["files"][] = [];

  constructor(options: AheadOptions) {
    this.#options = options;
  }

  get files(): Pass["files"] {
    return this.#files.flat();
  }

  /** Can the step go with those that are in it? */
  takes({ needs, changedNeeds }: PlannedStep): boolean {
    const isThere = needs.every(
      (need) => this.#places.get(need)?.isPlain ?? succeeds(this.#options.results.get(need)),
    );
    const done = changedNeeds.filter((need) => !this.#places.has(need));
    const isIdle = changedNeeds.length > 0 && done.length === changedNeeds.length && !this.#anyChanged(done);
    return isThere && !isIdle;
  }

  add(prepared: Prepared, pass: Pass, attempt: number, output?: TakeOutput): void {
    const { step, surroundings, work } = prepared;
    const late = new LateOutput();
    if (output) late.open(output);
    this.outputs.push(late);
    this.#files.push(pass.files);
    this.requests.push({
      body: `set -e\n${wrap(new Script(pass.script, pass.files), surroundings).text}`,
      output: (stream, data) => late.push(stream, data),
      kind: work?.kind ?? "quiet",
      // One that will be tried again has not failed for good, so nothing may go on behind it yet.
      ignoreErrors: step.ignoreErrors && step.retry.max === 1,
      key: this.#receiptOf(prepared, attempt),
      ...this.#conditions(step),
    });
    this.#places.set(step.id, { place: this.requests.length - 1, isPlain: isPlain(prepared) });
  }

  /** State is simply looked at again; an action whose output must be judged here needs more than a receipt. */
  #receiptOf(prepared: Prepared, attempt: number): string {
    const { mode, receiptOf } = this.#options;
    const hasOne = mode === "apply" && prepared.work?.kind !== "property" && isPlain(prepared);
    return hasOne ? receiptOf(prepared.step, attempt) : "";
  }

  /** A dry run changes nothing, so nothing has to be held back in it. */
  #conditions({ needs, changedNeeds }: PlannedStep): Pick<Request, "needs" | "changed"> {
    if (this.#options.mode === "check") return {};
    const places = (ids: readonly string[]): number[] =>
      ids.flatMap((id) => this.#places.get(id)?.place ?? []);
    return { needs: places(needs), changed: this.#anyChanged(changedNeeds) ? [] : places(changedNeeds) };
  }

  #anyChanged(ids: readonly string[]): boolean {
    return ids.some((id) => this.#options.results.get(id)?.changed);
  }
}

/** Keeps output until there is somebody to take it. */
class LateOutput {
  #take: TakeOutput | undefined;
  #kept: Array<readonly ["stdout" | "stderr", Buffer]> = [];

  push(stream: "stdout" | "stderr", data: Buffer): void {
    if (this.#take) this.#take(stream, data);
    else this.#kept.push([stream, Buffer.from(data)]);
  }

  open(take: TakeOutput): void {
    this.#take = take;
    for (const [stream, data] of this.#kept) take(stream, data);
    this.#kept = [];
  }
}
