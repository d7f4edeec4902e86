import type { Event, HostFinished, RunStarted, StepFinished } from "../event/event.ts";
import type { Clock } from "./options.ts";

/** A chain of steps, each of which began when the one before it had ended. */
export interface Path {
  readonly host: string;
  /** What each one added to the length; what came before the first step is in front. */
  readonly steps: ReadonlyArray<{ readonly name: string; readonly ms: number }>;
}

interface Span {
  readonly startedAt: number;
  readonly endedAt: number;
}

/** Finds the chain of steps that a run's length came from: on the host that was through last, back from its last step. */
export class CriticalPath {
  readonly #clock: Clock;
  #startedAt = 0;
  #views: RunStarted["hosts"] = [];
  readonly #spans = new Map<string, Map<string, Span>>();
  readonly #ends: HostFinished[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(event: Event): void {
    if (event.type === "run-started") this.#start(event);
    else if (event.type === "step-finished") this.#keep(event);
    else if (event.type === "host-finished") this.#ends.push(event);
  }

  /** The path; undefined when no step was run. */
  find(): Path | undefined {
    const last = this.#lastHost();
    if (last === undefined) return undefined;
    const { host, times } = last;
    const spans = this.#spans.get(host) ?? new Map<string, Span>();
    const view = this.#views.find((one) => one.host === host);
    const awaits = new Map(view?.steps.map((step) => [step.id, step.awaits]));
    const chain = chainOf(spans, awaits);
    const begin = chain[0]?.span.startedAt ?? this.#startedAt;
    const wait = Math.max(0, begin - this.#startedAt - times.connect);
    const steps = chain.map(({ name, span }, i) => {
      const from = chain[i - 1]?.span.endedAt ?? span.startedAt;
      return { name, ms: Math.max(0, span.endedAt - from) };
    });
    const before = [
      { name: "(waiting for its turn)", ms: wait },
      { name: "(connecting)", ms: times.connect },
    ].filter(({ ms }) => ms >= 1);
    return { host, steps: [...before, ...steps] };
  }

  #start({ hosts }: RunStarted): void {
    this.#startedAt = this.#clock.now();
    this.#views = hosts;
  }

  #keep({ host, step, result: { startedAt, endedAt, attempts }, restored }: StepFinished): void {
    if (restored || attempts === 0) return; // nothing was done for it
    const spans = this.#spans.get(host) ?? new Map<string, Span>();
    spans.set(step, { startedAt, endedAt });
    this.#spans.set(host, spans);
  }

  #lastHost(): HostFinished | undefined {
    return this.#ends.findLast(({ host }) => this.#spans.has(host));
  }
}

/** From the step that ended last, always back to the last one of those that it awaited. */
function chainOf(
  spans: ReadonlyMap<string, Span>,
  awaits: ReadonlyMap<string, readonly string[]>,
): ReadonlyArray<{ readonly name: string; readonly span: Span }> {
  const chain: Array<{ readonly name: string; readonly span: Span }> = [];
  for (let name = latest([...spans.keys()], spans); name !== undefined; ) {
    chain.push({ name, span: spans.get(name) as Span });
    name = latest(awaits.get(name) ?? [], spans);
  }
  return chain.reverse();
}

function latest(names: readonly string[], spans: ReadonlyMap<string, Span>): string | undefined {
  const ran = names.filter((name) => spans.has(name));
  return ran.reduce<string | undefined>((best, name) => {
    const isLater = best === undefined || (spans.get(name)?.endedAt ?? 0) >= (spans.get(best)?.endedAt ?? 0);
    return isLater ? name : best;
  }, undefined);
}
