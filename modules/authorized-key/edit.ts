import { type Key, lineOf, parse } from "./key-line.ts";
import type { Options } from "./options.ts";

/** The lines that are to be there, one for each key. */
export function wantedLines({ key, keyOptions, comment }: Options): readonly string[] {
  const wanted = key.flatMap((line) => {
    const parsed = parse(line);
    if (!parsed) return [];
    return [{ ...parsed, options: keyOptions ?? parsed.options, comment: comment ?? parsed.comment }];
  });
  return [...new Map(wanted.map((one) => [one.blob, lineOf(one)])).values()];
}

/** The file's text with the keys, or without them. */
export function edit(wanted: Options, before: string | undefined): string | undefined {
  const lines = (before ?? "")
    .replace(/\n$/, "")
    .split("\n")
    .filter((line, _i, all) => all.length > 1 || line !== "");
  const targets = new Map(wantedLines(wanted).map((line) => [parse(line)?.blob, line]));
  const isOther = (line: string): boolean => !targets.has(parse(line)?.blob);
  const isNote = (line: string): boolean => /^\s*(?:#|$)/.test(line);
  if (wanted.state === "absent")
    return before === undefined ? undefined : textOf(lines.filter(isOther), lines, before);
  const seen = new Set<string | undefined>();
  const kept = lines.flatMap((line) => {
    const old = parse(line);
    const target = targets.get(old?.blob);
    if (isNote(line) || target === undefined) return isNote(line) || !wanted.exclusive ? [line] : [];
    if (seen.has(old?.blob)) return [];
    seen.add(old?.blob);
    return [withComment(target, old)];
  });
  const added = [...targets].filter(([blob]) => !seen.has(blob)).map(([, line]) => line);
  return textOf([...kept, ...added], lines, before);
}

/** A key that is wanted without a comment keeps the one that it has. */
function withComment(target: string, old: Key | undefined): string {
  const wanted = parse(target);
  return wanted && wanted.comment === undefined ? lineOf({ ...wanted, comment: old?.comment }) : target;
}

/** The text as it was, to the last byte, where no line differs. */
function textOf(after: readonly string[], lines: readonly string[], before: string | undefined): string {
  const isSame =
    before !== undefined && after.length === lines.length && after.every((line, i) => line === lines[i]);
  return isSame ? before : after.map((line) => `${line}\n`).join("");
}
