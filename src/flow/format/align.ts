import type { Line } from "./line.ts";

/** Joins the cells of each line, those of neighbouring lines under each other. */
export function align(lines: readonly Line[]): readonly string[] {
  const assigned = joinCells(
    lines.map(({ lead }) => lead),
    lines.map(({ assign }) => assign),
  );
  return joinCells(
    assigned,
    lines.map(({ comment }) => comment),
  );
}

/** A text wider than this stays out of the alignment: each of its neighbours would grow as wide. */
const WIDEST = 500;

/** Puts a cell behind each text; where lines in a row have one, all begin at the same column. */
function joinCells(texts: readonly string[], cells: readonly string[]): readonly string[] {
  const joined = [...texts];
  for (let start = 0; start < texts.length; start++) {
    let end = start;
    while (cells[end]) end++;
    const widths = texts.slice(start, end).map(widthOf);
    const widest = widths.reduce((most, width) => (width > WIDEST ? most : Math.max(most, width)), 0);
    for (const [i, width] of widths.entries()) {
      const gap = " ".repeat(Math.max(0, widest - width) + 1);
      joined[start + i] = `${texts[start + i]}${gap}${cells[start + i]}`;
    }
    start = end;
  }
  return joined;
}

/** In characters as they are seen; of a text of several lines, all of it, as the tools of HCL count. */
function widthOf(text: string): number {
  return /^[\x20-\x7e]*$/.test(text) ? text.length : [...new Intl.Segmenter().segment(text)].length;
}
