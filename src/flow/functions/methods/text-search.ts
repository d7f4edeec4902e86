import type { FlowList } from "../../value.ts";
import { checkLength } from "../limits.ts";

/** The place of a part in characters, as Python counts; -1 when it is not there. */
export function find(text: string, part: string, index: number): number {
  return index <= 0 && part !== "" ? index : [...text.slice(0, Math.max(0, index))].length;
}

/** The text with the first occurrences of a part replaced; all of them when `count` is negative. */
export function replaceFirst(text: string, old: string, by: string, count: number): string {
  const parts = old === "" ? ["", ...text, ""] : text.split(old);
  const times = count < 0 ? parts.length - 1 : Math.min(count, parts.length - 1);
  checkLength(text.length + times * by.length);
  return (
    parts.slice(0, times + 1).join(by) +
    parts
      .slice(times + 1)
      .map((part) => old + part)
      .join("")
  );
}

/** The parts between separators, or between runs of white space; after so many splits the rest stays whole. */
export function partsOf(text: string, separator: string | undefined, most: number): FlowList {
  if (separator === undefined) return wordsOf(text, most);
  const parts = text.split(separator);
  if (most < 0 || parts.length <= most + 1) return parts;
  return [...parts.slice(0, most), parts.slice(most).join(separator)];
}

/** The same, but the splits are counted from the end. */
export function rightParts(text: string, separator: string | undefined, most: number): FlowList {
  if (separator === undefined) {
    const backwards = wordsOf([...text].toReversed().join(""), most);
    return backwards.map((word) => [...String(word)].toReversed().join("")).toReversed();
  }
  const parts = text.split(separator);
  if (most < 0 || parts.length <= most + 1) return parts;
  const whole = parts.length - most;
  return [parts.slice(0, whole).join(separator), ...parts.slice(whole)];
}

function wordsOf(text: string, most: number): FlowList {
  const words = text.split(/\s+/).filter((word) => word !== "");
  if (most < 0 || words.length <= most) return words;
  const found = Array.from(text.matchAll(/\S+/g));
  const rest = found[most];
  const first = found.slice(0, most).map(([word]) => word);
  return rest ? [...first, text.slice(rest.index)] : first;
}

/** What stands before the first separator, the separator, and what stands behind it. */
export function before(text: string, separator: string): FlowList {
  const at = text.indexOf(separator);
  return at < 0 ? [text, "", ""] : [text.slice(0, at), separator, text.slice(at + separator.length)];
}

/** The same at the last separator. */
export function afterLast(text: string, separator: string): FlowList {
  const at = text.lastIndexOf(separator);
  return at < 0 ? ["", "", text] : [text.slice(0, at), separator, text.slice(at + separator.length)];
}
