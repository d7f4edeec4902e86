import type { Event } from "../event/event.ts";

/** Events for one reader, who may be slower than they come. */
export class EventQueue implements AsyncIterableIterator<Event> {
  #events: Event[] = [];
  #read = 0;
  #waiting: Array<{ resolve(next: IteratorResult<Event>): void; reject(error: unknown): void }> = [];
  #end: { readonly error?: unknown } | undefined;

  push(event: Event): void {
    if (this.#end) return;
    const reader = this.#waiting.shift();
    if (reader) reader.resolve({ done: false, value: event });
    else this.#events.push(event);
  }

  /** No more will come. With an error, the reader meets it after the last event. */
  end(end: { readonly error?: unknown }): void {
    this.#end ??= end;
    for (const { resolve, reject } of this.#waiting.splice(0)) {
      if ("error" in end) reject(end.error);
      else resolve(OVER);
    }
  }

  async next(): Promise<IteratorResult<Event>> {
    const event = this.#events[this.#read];
    if (event) return { done: false, value: this.#take(event) };
    if (!this.#end) return await new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
    const end = this.#end;
    this.#end = {}; // an error is met once
    if ("error" in end) throw end.error;
    return OVER;
  }

  /** The reader has left. */
  async return(): Promise<IteratorResult<Event>> {
    this.#events = [];
    this.#read = 0;
    this.end({});
    return OVER;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #take(event: Event): Event {
    this.#read += 1;
    if (this.#read === this.#events.length) {
      this.#events = [];
      this.#read = 0;
    }
    return event;
  }
}

const OVER: IteratorResult<Event> = { done: true, value: undefined };
