import type { Line } from "./line.ts";

/** Indents lines by the brackets that are open, two spaces for each line that opened some. */
export function indent(lines: readonly Line[]): readonly Line[] {
  const levels: number[] = [];
  return lines.map((line) => {
    if (line.opens < 0) close(levels, -line.opens);
    const lead = line.lead === "" ? "" : "  ".repeat(levels.length) + line.lead;
    if (line.opens > 0) levels.push(line.opens);
    return { ...line, lead };
  });
}

/** Takes away the levels that so many closing brackets close. */
function close(levels: number[], brackets: number): void {
  let left = brackets;
  while (left > 0) {
    const last = levels.pop();
    if (last === undefined) return;
    if (last > left) levels.push(last - left);
    left -= last;
  }
}
