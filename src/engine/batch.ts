import { type Result, succeeded } from "../module/result.ts";
import type { Mode, Pass } from "../module/work.ts";
import type { PlannedStep } from "../plan/plan.ts";
import { changesShell, wrap } from "../shell/wrap.ts";
import type { Request } from "../transport/request.ts";
import type { Prepared } from "./prepare.ts";

/** What a batch has to know. */
export interface BatchOptions {
  readonly mode: Mode;
  readonly results: ReadonlyMap<string, Result>;
  /** Name of the receipt that an attempt at a step leaves on the host, or all of its attempts; empty for none. */
  readonly receiptOf: (step: PlannedStep, attempt?: number) => string;
}

/** Takes a step's output as it arrives. */
export type TakeOutput = (stream: "stdout" | "stderr", data: Buffer) => void;

/** What goes out in one write. */
export class Batch {
  readonly requests: Request[] = [];
  readonly outputs: LateOutput[] = [];
  readonly #options: BatchOptions;
  readonly #places = new Map<string, { readonly place: number; readonly isPlain: boolean }>();
  readonly #files: Pass["files"][] = [];
  readonly #expected: Pass["files"][] = [];

  constructor(options: BatchOptions) {
    this.#options = options;
  }

  get files(): Pass["files"] {
    return this.#files.flat();
  }

  /** Files that those in it may come to need. */
  get expected(): Pass["files"] {
    return this.#expected.flat();
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
    this.#expected.push(work?.files ?? []);
    this.requests.push({
      body: wrap(pass.script, surroundings),
      isInline: pass.isInline === true && !changesShell(surroundings),
      looks: pass.looks ?? [],
      output: (stream, data) => late.push(stream, data),
      kind: work?.kind ?? "quiet",
      // One that will be tried again has not failed for good, so nothing may go on behind it yet.
      ignoreErrors: step.ignoreErrors && step.retry.max === 1,
      key: this.#receiptOf(prepared, attempt),
      ...this.#conditions(step),
    });
    this.#places.set(step.id, { place: this.requests.length - 1, isPlain: isPlain(prepared) });
  }

  /**
   * State is looked at again in any case: that some attempt has changed it is all that must not be lost. An action whose
   * output must be judged here needs more than a receipt.
   */
  #receiptOf(prepared: Prepared, attempt: number): string {
    const { mode, receiptOf } = this.#options;
    if (mode !== "apply") return "";
    if (prepared.work?.kind === "property") return receiptOf(prepared.step);
    return isPlain(prepared) ? receiptOf(prepared.step, attempt) : "";
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

/** Nothing about its end has to be judged on this side before others may begin. */
function isPlain({ step, work }: Prepared): boolean {
  return work?.isPlain === true && step.post === undefined && step.assert === undefined;
}

/**
 * Will a resumed run learn from the host what became of the step? State is looked at again, and an action has left a
 * receipt.
 */
export function isSettledByHost(prepared: Prepared): boolean {
  return prepared.work?.kind === "property" || isPlain(prepared);
}

/** True for a result that lets go on what awaits the step. */
export function succeeds(result: Result | undefined): boolean {
  return result !== undefined && succeeded(result);
}

/** Keeps output until there is somebody to take it. */
export class LateOutput {
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
