import { displayWidth } from "../../src/report/width.ts";

/** As much of a terminal as frames need; anything else is an error, and so is a line that is too long. */
export class TerminalModel {
  columns: number;
  rows: number;
  /** All lines there ever were; the screen is the last `rows` of them. */
  lines: string[] = [""];
  cursorShown = true;
  #row = 0;
  #column = 0;

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
  }

  readonly write = (text: string): void => {
    for (const [piece] of text.matchAll(/\x1b\[[?\d;]*[a-zA-Z]|[\s\S]/gu)) this.#piece(piece);
  };

  /** What is written, without the empty lines below. */
  get screen(): readonly string[] {
    const shown = this.lines.slice(-this.rows).map((line) => line.trimEnd());
    const last = shown.findLastIndex((line) => line !== "");
    return shown.slice(0, last + 1);
  }

  /** Wraps what has become too long, and keeps the cursor at the end, as terminals do. */
  resize(columns: number, rows: number): void {
    const wrap = (line: string) => {
      const parts = [""];
      for (const character of line) {
        const longer = (parts.at(-1) ?? "") + character;
        if (displayWidth(longer) <= columns) parts[parts.length - 1] = longer;
        else parts.push(character);
      }
      return parts;
    };
    Object.assign(this, { columns, rows, lines: this.lines.flatMap(wrap) });
    this.#row = this.lines.length - 1;
  }

  #piece(piece: string): void {
    if (piece.startsWith("\x1b[")) this.#sequence(piece.slice(2, -1), piece.at(-1) ?? "");
    else if (piece === "\n") this.#newline();
    else if (piece === "\r") this.#column = 0;
    else if (piece === "\t" && this.cursorShown) this.#print(" ");
    else if (/[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/u.test(piece))
      throw new Error(`raw ${JSON.stringify(piece)}`);
    else this.#print(piece);
  }

  #sequence(parameter: string, kind: string): void {
    if (kind === "m") return;
    if (kind === "A") this.#up(Number(parameter || 1));
    else if (kind === "J" && parameter === "") this.#eraseBelow();
    else if (kind === "K" && parameter === "2") this.lines[this.#row] = "";
    else if (parameter === "?25" && (kind === "l" || kind === "h")) this.cursorShown = kind === "h";
    else throw new Error(`unknown sequence ${parameter}${kind}`);
  }

  #up(count: number): void {
    const top = Math.max(0, this.lines.length - this.rows);
    if (this.#row - count < top) throw new Error("the cursor left the screen: the frame was too tall");
    this.#row -= count;
  }

  #eraseBelow(): void {
    this.lines[this.#row] = (this.lines[this.#row] ?? "").slice(0, this.#column);
    this.lines.length = this.#row + 1;
  }

  #newline(): void {
    this.#row += 1;
    this.#column = 0;
    if (this.#row === this.lines.length) this.lines.push("");
  }

  #print(character: string): void {
    const width = displayWidth((this.lines[this.#row] ?? "").slice(0, this.#column) + character);
    if (width > this.columns && !this.cursorShown) throw new Error(`too wide: ${this.lines[this.#row]}`);
    // What comes after the last frame may be as long as it likes.
    if (width > this.columns) this.#newline();
    const line = this.lines[this.#row] ?? "";
    this.lines[this.#row] =
      line.slice(0, this.#column) + character + line.slice(this.#column + character.length);
    this.#column += character.length;
  }
}
