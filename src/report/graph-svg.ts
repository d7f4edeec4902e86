import type { GraphStep } from "./graph-step.ts";
import { displayWidth } from "./width.ts";

const SIZE = { height: 44, gapX: 28, gapY: 40, padding: 14, letter: 7.4, margin: 12 };

interface Box {
  readonly step: GraphStep;
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/** A picture that browsers show: each step below all that it awaits. */
export function drawSvg(steps: readonly GraphStep[]): string {
  const rows = rowsOf(steps);
  const boxes = new Map(rows.flatMap(boxesIn).map((box) => [box.step.id, box]));
  const all = [...boxes.values()];
  const width = Math.max(0, ...all.map(({ x, width: own }) => x + own)) + SIZE.margin;
  const height =
    rows.length * (SIZE.height + SIZE.gapY) - (rows.length > 0 ? SIZE.gapY : 0) + 2 * SIZE.margin;
  const edges = all.flatMap((box) => box.step.needs.flatMap((need) => edge(boxes.get(need), box)));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${round(width)} ${round(height)}" width="${round(width)}" height="${round(height)}" font-family="monospace" font-size="12">`,
    '<defs><marker id="end" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8z" fill="#555"/></marker></defs>',
    ...edges,
    ...all.map(node),
    "</svg>\n",
  ].join("\n");
}

/** Steps by how long the longest way to them is; given in an order in which they can run, or in circles. */
function rowsOf(steps: readonly GraphStep[]): readonly (readonly GraphStep[])[] {
  const depths = new Map<string, number>();
  const rows: GraphStep[][] = [];
  for (const step of steps) {
    const depth = step.needs.reduce((most, need) => Math.max(most, (depths.get(need) ?? -1) + 1), 0);
    depths.set(step.id, depth);
    const row = rows[depth] ?? [];
    row.push(step);
    rows[depth] = row;
  }
  return rows;
}

function boxesIn(row: readonly GraphStep[], index: number): Box[] {
  let x = SIZE.margin;
  return row.map((step) => {
    const letters = Math.max(displayWidth(step.id), displayWidth(step.module));
    const box = {
      step,
      x,
      y: SIZE.margin + index * (SIZE.height + SIZE.gapY),
      width: letters * SIZE.letter + 2 * SIZE.padding,
    };
    x += box.width + SIZE.gapX;
    return box;
  });
}

function node({ step: { id, module }, x, y, width }: Box): string {
  const middle = round(x + width / 2);
  return [
    `<g><title>${escaped(id)}</title>`,
    `<rect x="${round(x)}" y="${y}" width="${round(width)}" height="${SIZE.height}" rx="6" fill="#fff" stroke="#555"/>`,
    `<text x="${middle}" y="${y + 19}" text-anchor="middle">${escaped(id)}</text>`,
    `<text x="${middle}" y="${y + 35}" text-anchor="middle" fill="#777" font-size="11">${escaped(module)}</text></g>`,
  ].join("");
}

function edge(from: Box | undefined, to: Box): string[] {
  if (!from) return [];
  const [x1, y1] = [from.x + from.width / 2, from.y + SIZE.height];
  const [x2, y2] = [to.x + to.width / 2, to.y];
  const bend = (y2 - y1) / 2;
  const title = `<title>${escaped(from.step.id)} -&gt; ${escaped(to.step.id)}</title>`;
  return [
    `<path d="M${round(x1)} ${y1}C${round(x1)} ${y1 + bend} ${round(x2)} ${y2 - bend} ${round(x2)} ${y2}" fill="none" stroke="#555" marker-end="url(#end)">${title}</path>`,
  ];
}

/** XML has no control characters. */
function escaped(text: string): string {
  return text
    .replaceAll(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, "\ufffd")
    .replaceAll(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
