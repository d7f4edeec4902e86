import { endOfLines, insertionPoint, type Line, linesOf, textOf } from "../../src/index.ts";
import { markersOf, type Options } from "./options.ts";

/** Whether there is to be a block. */
export function isWanted({ state, block }: Options): boolean {
  return state === "present" && block !== "";
}

/** The block's lines, its markers included. */
export function blockOf(wanted: Options, end: string): readonly Line[] {
  const { begin, end: last } = markersOf(wanted);
  const given = linesOf(wanted.block ?? "").map(({ text: one }) => one);
  const inside = end === "\r\n" ? given.map((one) => one.replace(/\r$/, "")) : given;
  return [begin, ...inside, last].map((one) => ({ text: one, end }));
}

/** The file's text with the block, or without any. */
export function edit(wanted: Options, before: string | undefined): string | undefined {
  if (before === undefined && !isWanted(wanted)) return undefined;
  if (before === undefined && !wanted.create)
    throw new Error(`${wanted.path} does not exist: set create to make it`);
  const lines = linesOf(before ?? "");
  const after = isWanted(wanted) ? within(wanted, lines) : without(wanted, lines);
  return after === lines ? before : textOf(after, endOfLines(lines));
}

function within(wanted: Options, lines: readonly Line[]): readonly Line[] {
  const end = endOfLines(lines);
  const found = find(wanted, lines);
  const at = found?.from ?? insertionPoint(wanted, lines);
  const [head, tail] = [lines.slice(0, at), lines.slice(found === undefined ? at : found.to)];
  const empty = { text: "", end };
  const gap = (isAsked: boolean, neighbour: Line | undefined): readonly Line[] =>
    isAsked && neighbour !== undefined && neighbour.text !== "" ? [empty] : [];
  const after = [
    ...head,
    ...gap(wanted.prependNewline, head.at(-1)),
    ...blockOf(wanted, end),
    ...gap(wanted.appendNewline, tail[0]),
    ...tail,
  ];
  return isSame(lines, after) ? lines : after;
}

/** What ends the last line of a file does not make it another one. */
function isSame(lines: readonly Line[], after: readonly Line[]): boolean {
  return lines.length === after.length && lines.every(({ text: there }, i) => there === after[i]?.text);
}

/** Every block with these markers goes. */
function without(wanted: Options, lines: readonly Line[]): readonly Line[] {
  const found = find(wanted, lines);
  if (found === undefined) return lines;
  return without(wanted, [...lines.slice(0, found.from), ...lines.slice(found.to)]);
}

/** The first block, its markers included. One marker without the other is no block, but damage that needs a person. */
function find(
  wanted: Options,
  lines: readonly Line[],
): { readonly from: number; readonly to: number } | undefined {
  const { begin, end } = markersOf(wanted);
  const first = lines.findIndex((one) => one.text === begin);
  const last = lines.findIndex((one, i) => i > first && first >= 0 && one.text === end);
  if (last >= 0)
    return { from: lines.slice(0, last).findLastIndex((one) => one.text === begin), to: last + 1 };
  const lone = lines.find((one) => one.text === begin || one.text === end)?.text;
  if (lone === undefined) return undefined;
  throw new Error(
    `${wanted.path} holds the line "${lone}" but not "${lone === begin ? `${end}" after it` : `${begin}" before it`}: put it back, or remove what is left of the block`,
  );
}
