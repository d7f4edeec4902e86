import type { Paint, Style } from "./colour.ts";
import { displayWidth, truncate } from "./width.ts";

/** A piece of a row: neutralised text and how it looks. */
export type Cell = readonly [style: Style, text: string];

/** One line of at most so many columns: what does not fit is cut off at the right. */
export function row(cells: readonly Cell[], columns: number, paint: Paint): string {
  let left = columns;
  let line = "";
  for (const [style, text] of cells) {
    if (left <= 0) break;
    const fitting = truncate(text, left);
    line += paint(style, fitting);
    left -= fitting === text ? displayWidth(text) : left;
  }
  return line.trimEnd();
}
