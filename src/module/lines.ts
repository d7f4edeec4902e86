import { text } from "./kit.ts";

/** A line, and what ends it; nothing at the end of a file that lacks its last newline. */
export interface Line {
  readonly text: string;
  readonly end: string;
}

/** Takes a text apart. Only one whose first line ends with CR LF is taken for one of Windows. */
export function linesOf(content: string): readonly Line[] {
  const isWindows = /^[^\n]*\r\n/.test(content);
  return (content.match(/[^\n]*\n|[^\n]+$/g) ?? []).map((line) => {
    const end = (isWindows ? /\r?\n$/ : /\n$/).exec(line)?.[0] ?? "";
    return { text: line.slice(0, line.length - end.length), end };
  });
}

/** What ends the lines of a text, and so those that are added to it. */
export function endOfLines(lines: readonly Line[]): string {
  return lines[0]?.end || "\n";
}

/** The text that the lines make, each ended: as it is, or by `end`. */
export function textOf(lines: readonly Line[], end: string): string {
  return lines.map((line) => `${line.text}${line.end || end}`).join("");
}

/** Option schema: a JavaScript regular expression, see {@link compileRegexp}. */
export const regexp = text.superRefine((source, ctx) => {
  try {
    compileRegexp(source);
  } catch (error) {
    ctx.addIssue({ code: "custom", message: `Invalid regexp pattern: ${(error as Error).message}` });
  }
});

/**
 * Compiles a regular expression. Flags may stand in front, as in Python: `(?i)`; and any punctuation may have a
 * backslash.
 *
 * @param more further flags
 * @throws SyntaxError when it is none
 */
export function compileRegexp(source: string, more = ""): RegExp {
  const [, flags = "", pattern = ""] = /^(?:\(\?([ims]+)\))?([\s\S]*)$/.exec(source) ?? [];
  const escaped = pattern.replaceAll(/\\([\s\S])/g, (whole, letter: string) =>
    /[ "#%&',:;<=>@_`~!-]/.test(letter) ? `\\x${letter.charCodeAt(0).toString(16)}` : whole,
  );
  return new RegExp(escaped, [...new Set(`u${flags}${more}`)].join(""));
}

/** A test whether a line matches. */
export function lineMatcher(source: string): (line: Line) => boolean {
  const compiled = compileRegexp(source);
  return ({ text: line }) => compiled.test(line);
}

/** A replacement in which `$1` and `$<name>` stand for what was captured, and `$$` for a dollar sign. */
export function expandMatch(match: RegExpExecArray, template: string): string {
  return template.replaceAll(/\$(?:(\d+)|<(\w+)>|\$)/g, (whole, group?: string, name?: string) => {
    if (group !== undefined) return Number(group) < match.length ? (match[Number(group)] ?? "") : whole;
    if (name !== undefined) return name in (match.groups ?? {}) ? (match.groups?.[name] ?? "") : whole;
    return "$";
  });
}

/** Option schemas of modules that put something into a file line by line. */
export const insertOptions = {
  insertafter: regexp
    .optional()
    .describe(
      "what is new goes after the last line that matches; `EOF` (the default) at the end, `BOF` at the beginning",
    ),
  insertbefore: regexp
    .optional()
    .describe("what is new goes before the first line that matches; `BOF` at the beginning"),
};

/** Where something new goes among lines: see {@link insertOptions}. */
export interface Insertion {
  readonly insertafter?: string | undefined;
  readonly insertbefore?: string | undefined;
  /** `insertafter` means the first match. */
  readonly firstmatch?: boolean | undefined;
}

/** How many lines come before what is new; all of them when nothing matches. */
export function insertionPoint(
  { insertafter, insertbefore, firstmatch = false }: Insertion,
  lines: readonly Line[],
): number {
  const source = insertbefore ?? insertafter;
  if (source === "BOF") return 0;
  if (source === undefined || source === "EOF") return lines.length;
  const matches = lineMatcher(source);
  const isFirst = insertbefore !== undefined || firstmatch;
  const at = isFirst ? lines.findIndex(matches) : lines.findLastIndex(matches);
  return at < 0 ? lines.length : insertbefore === undefined ? at + 1 : at;
}
