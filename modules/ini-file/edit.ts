import { endOfLines, type Line, linesOf, textOf } from "../../src/index.ts";
import { given, type Options } from "./options.ts";
import { find, type Setting, settings } from "./sections.ts";

/** The file's text with the option or section, or without it. */
export function edit(wanted: Options, before: string | undefined): string | undefined {
  if (before === undefined && wanted.state === "absent") return undefined;
  if (before === undefined && !wanted.create)
    throw new Error(`${wanted.path} does not exist, and create is false`);
  const lines = linesOf(before ?? "");
  const { from, to } = find(wanted, lines) ?? { from: lines.length, to: lines.length };
  const [head, section, tail] = [lines.slice(0, from), lines.slice(from, to), lines.slice(to)];
  const after = [...head, ...(wanted.state === "absent" ? without : within)(wanted, section), ...tail];
  const isSame = after.length === lines.length && after.every((line, i) => line.text === lines[i]?.text);
  return isSame && before !== undefined ? before : textOf(after, endOfLines(lines));
}

function without(wanted: Options, section: readonly Line[]): readonly Line[] {
  const { option, exclusive } = wanted;
  if (option === undefined) return [];
  const values = given(wanted);
  const gone = settings(option, section)
    .filter(({ isActive, value }) => isActive && (exclusive || values.includes(value ?? "")))
    .map(({ at }) => at);
  return section.filter((_, i) => !gone.includes(i));
}

function within(wanted: Options, found: readonly Line[]): readonly Line[] {
  const { section: title, option, exclusive, modifyInactiveOption } = wanted;
  const isNew = title !== undefined && found.length === 0;
  const section = isNew ? newSection(wanted) : found;
  if (option === undefined) return section;
  const values: Array<string | undefined> = [...given(wanted)];
  if (values.length === 0) values.push(undefined);
  const there = settings(option, section).filter(({ isActive }) => isActive || modifyInactiveOption);
  const used = new Map<number, string>();
  const take = (value: string | undefined, fits: (one: Setting) => boolean): boolean => {
    const setting = there.find((one) => !used.has(one.at) && fits(one));
    if (setting) used.set(setting.at, rewritten(wanted, section, setting, value));
    return setting !== undefined;
  };
  // Lines that are right come first, then those to be changed, then comments: they keep their places.
  const ways: ReadonlyArray<(value: string | undefined) => (one: Setting) => boolean> = [
    (value) => (one) => one.isActive && one.value === value,
    () => (one) => exclusive && one.isActive,
    (value) => (one) => one.value === value,
    () => () => exclusive,
  ];
  const missing = ways.reduce((left, way) => left.filter((value) => !take(value, way(value))), values);
  const dropped = there
    .filter(({ at, isActive }) => exclusive && isActive && !used.has(at))
    .map(({ at }) => at);
  const kept = section.flatMap((line, i) =>
    dropped.includes(i) ? [] : [{ ...line, text: used.get(i) ?? line.text }],
  );
  const end = kept.findLastIndex(({ text: line }) => !/^[ \t\r]*(?:[#;].*)?$/s.test(line)) + 1;
  const added = missing.map((value) => ({ text: assignment(wanted, value), end: "" }));
  return [...kept.slice(0, end), ...added, ...kept.slice(end)];
}

/** A new section has at once what it will be known by. */
function newSection(wanted: Options): readonly Line[] {
  const conditions = wanted.sectionHasValues.flatMap((one) => {
    const values: ReadonlyArray<string | undefined> = given(one).length > 0 ? given(one) : [undefined];
    return one.option === wanted.option && wanted.exclusive
      ? []
      : values.map((value) => assignment({ ...wanted, option: one.option }, value));
  });
  return [`[${wanted.section}]`, ...conditions].map((line) => ({ text: line, end: "" }));
}

function rewritten(
  wanted: Options,
  section: readonly Line[],
  { at, isActive, value }: Setting,
  by: string | undefined,
): string {
  const isRight = wanted.ignoreSpaces && isActive && value === by;
  return isRight ? (section[at]?.text ?? "") : assignment(wanted, by);
}

/** The line that sets the option. */
export function assignment({ option = "", noExtraSpaces }: Options, value: string | undefined): string {
  if (value === undefined) return option;
  return noExtraSpaces ? `${option}=${value}` : `${option} = ${value}`.trimEnd();
}
