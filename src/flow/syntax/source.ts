import type { Position } from "../../errors.ts";

/** A text and where it comes from. */
export class Source {
  /** The file's path, or a name such as `<stdin>`. */
  readonly file: string;
  readonly text: string;
  #lineStarts: readonly number[] | undefined;

  constructor(text: string, file: string) {
    this.text = text;
    this.file = file;
  }

  /** The place of an offset: line and column from 1, the column in UTF-16 units as editors count. */
  positionAt(offset: number): Position {
    const line = this.#lineOf(offset);
    const start = this.#starts()[line] ?? 0;
    return { file: this.file, line: line + 1, column: offset - start + 1, text: this.#lineText(line) };
  }

  #lineText(line: number): string {
    const starts = this.#starts();
    const end = starts[line + 1] ?? this.text.length + 1;
    return this.text.slice(starts[line], end - 1).replace(/\r$/, "");
  }

  #lineOf(offset: number): number {
    const starts = this.#starts();
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #starts(): readonly number[] {
    this.#lineStarts ??= [0, ...Array.from(this.text.matchAll(/\n/g), ({ index }) => index + 1)];
    return this.#lineStarts;
  }
}

/** A piece of a source, by offsets in UTF-16 units; the end is the first offset behind it. */
export interface Span {
  readonly source: Source;
  readonly start: number;
  readonly end: number;
}

/** Where a piece begins. */
export function positionOf({ source, start }: Span): Position {
  return source.positionAt(start);
}

/** A piece as it is written. */
export function textOf({ source, start, end }: Span): string {
  return source.text.slice(start, end);
}

/** From the begin of one piece to the end of another one. */
export function spanning(first: Span, last: Span): Span {
  return { source: first.source, start: first.start, end: last.end };
}
