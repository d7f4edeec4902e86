import type { Output } from "./options.ts";
import { displayWidth } from "./width.ts";

/** The part of a terminal that is drawn over and over: the lines above the cursor. */
export class Screen {
  readonly #output: Output;
  #lines: readonly string[] = [];
  #columns: number;
  #drawn = false;

  constructor(output: Output) {
    this.#output = output;
    this.#columns = columnsOf(output);
  }

  /** What the terminal measures now; 80 × 24 when it does not say. */
  get size(): { readonly columns: number; readonly rows: number } {
    return { columns: columnsOf(this.#output), rows: rowsOf(this.#output) };
  }

  /** Shows these lines instead of the last ones, and `above` for good above them, with at most one write. */
  draw(lines: readonly string[], above: readonly string[] = []): void {
    const { columns, rows } = this.size;
    const height = Math.min(this.#height(columns), Math.max(0, rows - 1));
    const moved = above.length > 0 || columns !== this.#columns || height < this.#lines.length;
    const body = moved ? afresh(lines, above) : overwritten(this.#lines, lines);
    this.#columns = columns;
    this.#lines = lines;
    if (body === "" && this.#drawn) return;
    this.#output.write(`${this.#drawn ? "" : HIDE_CURSOR}${up(height)}${body}`);
    this.#drawn = true;
  }

  /** Leaves the last lines where they are and gives the cursor back. */
  close(): void {
    if (this.#drawn) this.#output.write(SHOW_CURSOR);
    this.#drawn = false;
    this.#lines = [];
  }

  /** Rows the last lines take: a terminal made narrower has wrapped them. */
  #height(columns: number): number {
    if (columns >= this.#columns) return this.#lines.length;
    const widths = this.#lines.map((line) => displayWidth(line.replace(OUR_STYLES, "")));
    return widths.reduce((height, width) => height + Math.max(1, Math.ceil(width / columns)), 0);
  }
}

const HIDE_CURSOR = "\x1b[?25l";
const SHOW_CURSOR = "\x1b[?25h";
const OUR_STYLES = /\x1b\[[\d;]*m/g;

function up(rows: number): string {
  return rows > 0 ? `\x1b[${rows}A` : "";
}

function afresh(lines: readonly string[], above: readonly string[]): string {
  return `\r\x1b[J${[...above, ...lines].map((line) => `${line}\n`).join("")}`;
}

/** Only the lines that differ are written; nothing when none does. */
function overwritten(before: readonly string[], lines: readonly string[]): string {
  const same = before.length === lines.length && lines.every((line, index) => line === before[index]);
  if (same) return "";
  const body = lines.map((line, index) => (line === before[index] ? "\n" : `\r\x1b[2K${line}\n`)).join("");
  return lines.length < before.length ? `${body}\x1b[J` : body;
}

function columnsOf({ columns }: Output): number {
  return columns !== undefined && columns > 0 ? columns : 80;
}

function rowsOf({ rows }: Output): number {
  return rows !== undefined && rows > 0 ? rows : 24;
}
