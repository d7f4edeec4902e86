import { type FlowValue, isList, isObject } from "../../value.ts";
import { compareText } from "../kinds/order.ts";
import { numberRepr } from "../kinds/python-text.ts";
import { checkLength } from "../limits.ts";

/** How Python's `json.dumps` is to write. */
export interface JsonLayout {
  /** What a level is indented by; undefined for all on one line. */
  readonly indent: string | undefined;
  readonly sortKeys: boolean;
  readonly ensureAscii: boolean;
  readonly itemSeparator: string;
  readonly keySeparator: string;
}

/** @param value one that JSON can hold */
export function pythonJson(value: FlowValue, layout: JsonLayout, level = 0): string {
  if (isList(value))
    return bracketed(
      "[",
      value.map((item) => pythonJson(item, layout, level + 1)),
      "]",
      layout,
      level,
    );
  if (isObject(value)) {
    const keys = layout.sortKeys ? Object.keys(value).toSorted(compareText) : Object.keys(value);
    const entries = keys.map(
      (key) => text(key, layout) + layout.keySeparator + pythonJson(value[key] ?? null, layout, level + 1),
    );
    return bracketed("{", entries, "}", layout, level);
  }
  return typeof value === "string"
    ? text(value, layout)
    : typeof value === "number"
      ? numberRepr(value)
      : `${value}`;
}

function bracketed(
  open: string,
  parts: readonly string[],
  close: string,
  { indent, itemSeparator }: JsonLayout,
  level: number,
): string {
  if (parts.length === 0) return open + close;
  if (indent === undefined) return open + parts.join(itemSeparator) + close;
  checkLength(parts.length * indent.length * (level + 1));
  const line = `\n${indent.repeat(level + 1)}`;
  return `${open}${line}${parts.join(itemSeparator + line)}\n${indent.repeat(level)}${close}`;
}

function text(value: string, { ensureAscii }: JsonLayout): string {
  const written = JSON.stringify(value);
  if (!ensureAscii) return written;
  return written.replaceAll(
    /[^\0-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
