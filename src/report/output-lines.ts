import type { StepOutput } from "../event/event.ts";
import { Neutraliser } from "../util/neutralise.ts";

/** A neutralised line of a step's output. */
export interface OutputLine {
  readonly stream: StepOutput["stream"];
  readonly text: string;
}

/** A program that never ends its line is shown in pieces. */
const LONGEST_LINE = 16_384;

/** Makes lines of what the steps of all hosts print, in chunks cut anywhere. */
export class OutputLines {
  readonly #streams = new Map<string, LineStream>();

  /** The lines that this output completes. */
  push({ host, step, stream, data }: StepOutput): readonly OutputLine[] {
    const key = keyOf(host, step, stream);
    const lines = this.#streams.get(key) ?? new LineStream();
    this.#streams.set(key, lines);
    return lines.push(data).map((text) => ({ stream, text }));
  }

  /** What a step left without a newline at its end. */
  end(host: string, step: string): readonly OutputLine[] {
    return (["stdout", "stderr"] as const).flatMap((stream) => {
      const key = keyOf(host, step, stream);
      const rest = this.#streams.get(key)?.end() ?? "";
      this.#streams.delete(key);
      return rest === "" ? [] : [{ stream, text: rest }];
    });
  }
}

class LineStream {
  readonly #neutraliser = new Neutraliser();
  #rest = "";

  push(data: Buffer): readonly string[] {
    const lines = (this.#rest + this.#neutraliser.push(data)).split("\n");
    const rest = lines.pop() ?? "";
    this.#rest = rest.length > LONGEST_LINE ? "" : rest;
    return rest.length > LONGEST_LINE ? [...lines, rest] : lines;
  }

  end(): string {
    return this.#rest + this.#neutraliser.end();
  }
}

function keyOf(...parts: readonly string[]): string {
  return JSON.stringify(parts);
}
