import type { Sink } from "../checkpoint/sink.ts";
import { messageOf } from "../errors.ts";
import type { OpenSink, SinkPlace, StepSink, Stream } from "../sink/sink.ts";

/** Where a step's output goes: the run's folder, and the step's own sink beside it. */
export class Outlet {
  readonly #kept: Sink;
  readonly #own: StepSink | undefined;
  readonly #place: SinkPlace;
  readonly #warn: (message: string) => void;
  /** The step's own sink, and what it has been given so far: each waits for the one before. */
  #open: Promise<OpenSink | undefined> = Promise.resolve(undefined);
  #isOpened = false;

  /** @param kept the run's folder, or nothing at all */
  constructor(kept: Sink, own: StepSink | undefined, place: SinkPlace, warn: (message: string) => void) {
    this.#kept = kept;
    this.#own = own;
    this.#place = place;
    this.#warn = warn;
  }

  /** The output of this attempt follows. */
  begin(attempt: number): void {
    this.#kept.begin(attempt);
    if (!this.#own) return;
    if (!this.#isOpened) this.#open = this.#guarded(async () => await this.#own?.open(this.#place));
    this.#isOpened = true;
    this.#then(async (sink) => await sink.begin?.(attempt));
  }

  write(stream: Stream, data: Buffer): void {
    this.#kept.write(stream, data);
    if (!this.#own) return;
    const bytes = Buffer.from(data); // the sink may take it later
    this.#then(async (sink) => await sink.write(stream, bytes));
  }

  /** What the last attempt printed on standard output, as far as that is kept. */
  stdout(): string | undefined {
    return this.#kept.last("stdout")?.toString("utf8");
  }

  async close(): Promise<void> {
    this.#kept.close();
    if (!this.#isOpened) return;
    this.#then(async (sink) => await sink.close());
    await this.#open;
  }

  #then(task: (sink: OpenSink) => Promise<void>): void {
    const before = this.#open;
    this.#open = this.#guarded(async () => {
      const sink = await before;
      if (sink) await task(sink);
      return sink;
    });
  }

  /** The step has done its work whatever becomes of a copy of its output. */
  async #guarded(task: () => Promise<OpenSink | undefined>): Promise<OpenSink | undefined> {
    try {
      return await task();
    } catch (thrown) {
      this.#warn(`The sink of the step "${this.#place.step}" failed: ${messageOf(thrown)}`);
      return undefined;
    }
  }
}
