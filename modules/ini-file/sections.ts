import type { Line } from "../../src/index.ts";
import { given, type Options } from "./options.ts";

/** The first section that is meant, its header included; what stands before all sections has none. */
export function find(
  wanted: Options,
  lines: readonly Line[],
): { readonly from: number; readonly to: number } | undefined {
  const headers = lines.flatMap(({ text: line }, i) => (line.startsWith("[") ? [i] : []));
  if (wanted.section === undefined) return { from: 0, to: headers[0] ?? lines.length };
  for (const [i, from] of headers.entries()) {
    const to = headers[i + 1] ?? lines.length;
    const title = lines[from]?.text.replace(/^\[[ \t]*/, "") ?? "";
    const isNamed = title.startsWith(wanted.section) && /^[ \t]*\]/.test(title.slice(wanted.section.length));
    if (isNamed && hasValues(wanted, lines.slice(from, to))) return { from, to };
  }
  return undefined;
}

function hasValues({ sectionHasValues }: Options, section: readonly Line[]): boolean {
  return sectionHasValues.every((condition) => {
    const there = settings(condition.option, section).filter(({ isActive }) => isActive);
    const values = given(condition);
    return values.length === 0
      ? there.length > 0
      : values.every((value) => there.some((one) => one.value === value));
  });
}

/** A line in which an option stands, perhaps behind a `#` or `;`. */
export interface Setting {
  readonly at: number;
  readonly isActive: boolean;
  /** Undefined where there is no `=`. */
  readonly value: string | undefined;
}

/** The lines in which an option stands. */
export function settings(option: string, section: readonly Line[]): readonly Setting[] {
  return section.flatMap(({ text: line }, at) => {
    const [, comment, rest = ""] = /^[ \t]*([#;]?)[ \t]*(.*)$/s.exec(line) ?? [];
    if (!rest.startsWith(option)) return [];
    const [found, value] = /^[ \t\r]*(?:=(.*))?$/s.exec(rest.slice(option.length)) ?? [];
    return found === undefined ? [] : [{ at, isActive: comment === "", value: value?.trim() }];
  });
}
