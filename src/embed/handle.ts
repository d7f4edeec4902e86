import type { Emit, Event } from "../event/event.ts";
import { Callbacks } from "./callbacks.ts";
import { EventQueue } from "./event-queue.ts";
import type { RunCallbacks, RunOptions } from "./options.ts";
import type { RunOutcome } from "./outcome.ts";

/**
 * A run that was begun. Iterating over it gives its events, from the moment of the first `for await` on: begin at
 * once to see them all. It ends with the run; when the run cannot be begun or carried on, it throws what `result` is
 * rejected with.
 */
export interface RunHandle extends AsyncIterable<Event> {
  /**
   * What the run came to: also when steps failed or hosts could not be reached. It is rejected with an RcmError, or
   * Problems, when the run cannot be begun (a mistake in the runbook; a host that another run works on) or carried on
   * (a full disk).
   */
  readonly result: Promise<RunOutcome>;
  /** Stops the run: steps under way are ended on their hosts, the run is `halted` and can be resumed. */
  cancel(): void;
}

/** What a handle has done. */
export type Task = (emit: Emit, signal: AbortSignal) => Promise<RunOutcome>;

/** Begins a task, once whoever began it had time to listen. */
export function begin(task: Task, options: Pick<RunOptions, "signal" | keyof RunCallbacks>): RunHandle {
  return new Begun(task, options);
}

class Begun implements RunHandle {
  readonly result: Promise<RunOutcome>;
  readonly #queues = new Set<EventQueue>();
  readonly #stop = new AbortController();
  #end: { readonly error?: unknown } | undefined;

  constructor(task: Task, { signal, ...callbacks }: Parameters<typeof begin>[1]) {
    const stop = signal ? AbortSignal.any([signal, this.#stop.signal]) : this.#stop.signal;
    this.result = Promise.resolve().then(() => this.#carryOut(task, callbacks, stop));
  }

  cancel(): void {
    this.#stop.abort();
  }

  [Symbol.asyncIterator](): AsyncIterator<Event> {
    const queue = new EventQueue();
    this.#queues.add(queue);
    this.result.catch(() => undefined); // the reader is told
    if (this.#end) queue.end(this.#end);
    return queue;
  }

  async #carryOut(task: Task, given: RunCallbacks, signal: AbortSignal): Promise<RunOutcome> {
    const callbacks = new Callbacks(given, () => this.cancel());
    const emit = (event: Event): void => {
      callbacks.hear(event);
      for (const queue of this.#queues) queue.push(event);
    };
    try {
      const outcome = await task(emit, signal);
      await callbacks.over(outcome);
      this.#finish({});
      return outcome;
    } catch (error) {
      this.#finish({ error });
      throw error;
    }
  }

  #finish(end: { readonly error?: unknown }): void {
    this.#end = end;
    for (const queue of this.#queues) queue.end(end);
    this.#queues.clear();
  }
}
