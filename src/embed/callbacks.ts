import type { Event, RunStarted, StepFinished, StepStarted } from "../event/event.ts";
import type { RunCallbacks } from "./options.ts";
import type { RunOutcome } from "./outcome.ts";

/** Calls the callbacks of a run. What one of them throws, or rejects with, stops the run and is thrown at its end. */
export class Callbacks {
  readonly #callbacks: RunCallbacks;
  readonly #stop: () => void;
  /** Steps that have begun and not ended. */
  readonly #begun = new Set<string>();
  /** The module of each step. */
  #modules: ReadonlyMap<string, string> = new Map();
  readonly #pending = new Set<Promise<unknown>>();
  #failure: { readonly error: unknown } | undefined;

  constructor(callbacks: RunCallbacks, stop: () => void) {
    this.#callbacks = callbacks;
    this.#stop = stop;
  }

  hear(event: Event): void {
    const { onEvent, onStepStart, onStepComplete } = this.#callbacks;
    if (onEvent) this.#call(() => onEvent(event));
    if (!onStepStart && !onStepComplete) return;
    if (event.type === "run-started") this.#modules = modulesOf(event);
    else if (event.type === "step-started" && event.attempt === 1) this.#started(event);
    else if (event.type === "step-finished") this.#ended(event);
  }

  /**
   * The run is over.
   *
   * @throws what a callback threw
   */
  async over(outcome: RunOutcome): Promise<void> {
    const { onComplete, onFailure } = this.#callbacks;
    this.#call(() => (outcome.status === "failed" ? onFailure : onComplete)?.(outcome));
    await Promise.all(this.#pending);
    if (this.#failure) throw this.#failure.error;
  }

  #started({ host, step }: StepStarted): void {
    const module = this.#moduleOf(host, step);
    this.#begun.add(keyOf(host, step));
    this.#call(() => this.#callbacks.onStepStart?.({ host, step, module }));
  }

  /** A failure is told even of a step that failed before its first attempt. */
  #ended(event: StepFinished): void {
    const { host, step, result, restored } = event;
    const hasBegun = this.#begun.delete(keyOf(host, step));
    if (restored || (!hasBegun && result.status !== "failed")) return;
    const module = this.#moduleOf(host, step);
    this.#call(() => this.#callbacks.onStepComplete?.({ host, step, module, result }));
  }

  #moduleOf(host: string, step: string): string {
    return this.#modules.get(keyOf(host, step)) ?? "";
  }

  #call(callback: () => unknown): void {
    try {
      const returned = callback(); // in JavaScript a callback may return anything
      if (returned instanceof Promise) this.#await(returned);
    } catch (error) {
      this.#fail(error);
    }
  }

  #await(pending: Promise<unknown>): void {
    const settled: Promise<unknown> = pending
      .catch((error: unknown) => this.#fail(error))
      .finally(() => this.#pending.delete(settled));
    this.#pending.add(settled);
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#stop();
  }
}

function modulesOf({ hosts }: RunStarted): ReadonlyMap<string, string> {
  const all = hosts.flatMap(({ host, steps }) =>
    steps.map(({ id, module }) => [keyOf(host, id), module] as const),
  );
  return new Map(all);
}

function keyOf(host: string, step: string): string {
  return `${host}\0${step}`;
}
