import { messageOf, RcmError } from "../errors.ts";
import type { OpenSink, SinkPlace, StepSink } from "./sink.ts";

/**
 * Gives a step's output to several sinks. One that fails does not keep the others from it.
 *
 * @example
 * multiSink(nullSink(), fileSink("build.log")) // only in that file
 */
export function multiSink(...sinks: readonly StepSink[]): StepSink {
  const odd = sinks.find((sink) => !isSink(sink));
  if (odd !== undefined || sinks.length === 0)
    throw new RcmError("multiSink wants sinks, such as fileSink(…)", { code: "runbook" });
  return Object.freeze({
    keeps: sinks.every(({ keeps }) => keeps !== false),
    open: async (place: SinkPlace) => await Fan.open(sinks, place),
  });
}

/** True for what the step option `sink` takes. */
export function isSink(value: unknown): value is StepSink {
  return (
    typeof value === "object" && value !== null && typeof (value as Partial<StepSink>).open === "function"
  );
}

class Fan implements OpenSink {
  readonly #open: Array<OpenSink | undefined> = [];
  readonly #troubles: string[] = [];

  static async open(sinks: readonly StepSink[], place: SinkPlace): Promise<Fan> {
    const fan = new Fan();
    for (const [i, sink] of sinks.entries())
      await fan.#try(i, async () => {
        fan.#open[i] = await sink.open(place);
      });
    return fan;
  }

  async begin(attempt: number): Promise<void> {
    await this.#each(async (sink) => await sink.begin?.(attempt));
  }

  async write(...given: Parameters<OpenSink["write"]>): Promise<void> {
    await this.#each(async (sink) => await sink.write(...given));
  }

  async close(): Promise<void> {
    await this.#each(async (sink) => await sink.close());
    if (this.#troubles.length > 0) throw new Error(this.#troubles.join("; "));
  }

  async #each(task: (sink: OpenSink) => Promise<void>): Promise<void> {
    await Promise.all(
      this.#open.map(async (sink, i) =>
        sink ? await this.#try(i, async () => await task(sink)) : undefined,
      ),
    );
  }

  async #try(i: number, task: () => Promise<void>): Promise<void> {
    try {
      await task();
    } catch (thrown) {
      this.#open[i] = undefined;
      this.#troubles.push(messageOf(thrown));
    }
  }
}
