import {
  compileRegexp,
  endOfLines,
  expandMatch,
  insertionPoint,
  type Line,
  lineMatcher,
  linesOf,
  textOf,
} from "../../src/index.ts";
import type { Options } from "./options.ts";

/** The file's text with the line, or without it. */
export function edit(wanted: Options, before: string | undefined): string | undefined {
  if (before === undefined && wanted.state === "absent") return undefined;
  if (before === undefined && !wanted.create)
    throw new Error(`${wanted.path} does not exist: set create to make it`);
  const lines = linesOf(before ?? "");
  const after = wanted.state === "absent" ? without(wanted, lines) : within(wanted, lines, wanted.line ?? "");
  return after === lines ? before : textOf(after, endOfLines(lines));
}

function matcher({ regexp, search }: Options): ((line: Line) => boolean) | undefined {
  if (regexp !== undefined) return lineMatcher(regexp);
  return search === undefined ? undefined : ({ text: line }) => line.includes(search);
}

function without(wanted: Options, lines: readonly Line[]): readonly Line[] {
  const matches = matcher(wanted) ?? ((line: Line): boolean => line.text === wanted.line);
  return lines.some(matches) ? lines.filter((line) => !matches(line)) : lines;
}

function within(wanted: Options, lines: readonly Line[], given: string): readonly Line[] {
  const end = endOfLines(lines);
  const line = end === "\r\n" ? given.replace(/\r$/, "") : given;
  const matches = matcher(wanted);
  const at = matches ? (wanted.firstmatch ? lines.findIndex(matches) : lines.findLastIndex(matches)) : -1;
  const old = lines[at];
  if (old) return replaced(lines, at, wanted.backrefs ? expand(wanted, old.text, line) : line);
  if (wanted.backrefs || lines.some(({ text: there }) => there === line)) return lines;
  return lines.toSpliced(insertionPoint(wanted, lines), 0, { text: line, end });
}

function replaced(lines: readonly Line[], at: number, line: string): readonly Line[] {
  const old = lines[at];
  return old === undefined || old.text === line ? lines : lines.with(at, { ...old, text: line });
}

function expand({ regexp = "" }: Options, old: string, line: string): string {
  const match = compileRegexp(regexp).exec(old);
  return match ? expandMatch(match, line) : line;
}
