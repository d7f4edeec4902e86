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

/** Puts a cell behind each text; where lines in a row have one, all begin at the same column. */
function joinCells(texts: readonly string[], cells: readonly string[]): readonly string[] {
  const joined = [...texts];
  for (let start = 0; start < texts.length; start++) {
    let end = start;
    while (cells[end]) end++;
    const width = Math.max(0, ...texts.slice(start, end).map(widthOf));
    for (let i = start; i < end; i++) {
      const text = texts[i] ?? "";
      joined[i] = `${text}${" ".repeat(width - widthOf(text) + 1)}${cells[i]}`;
    }
    start = end;
  }
  return joined;
}

/** In characters as they are seen; of a text of several lines, all of it, as the tools of HCL count. */
function widthOf(text: string): number {
  return /^[\x20-\x7e]*$/.test(text) ? text.length : [...new Intl.Segmenter().segment(text)].length;
}
