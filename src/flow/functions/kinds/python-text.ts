import { numberText } from "../../evaluate/convert.ts";
import { type FlowValue, isList, isObject, kindOf, Special } from "../../value.ts";
import { Bytes } from "./bytes.ts";
import { DateTime } from "./date-time.ts";
import { FlowSet } from "./set.ts";
import { Slice } from "./slice.ts";

/** A value as Python's `str` shows it: `True`, `[1, 'a']`. */
export function str(value: FlowValue): string {
  return typeof value === "string" ? value : value instanceof DateTime ? value.text() : repr(value);
}

/** A value as Python's `repr` shows it: `'a'`. */
export function repr(value: FlowValue): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "number") return numberRepr(value);
  if (typeof value === "string") return quoted(value, isPrintable);
  if (isList(value)) return `[${value.map(repr).join(", ")}]`;
  if (isObject(value)) {
    return `{${Object.entries(value)
      .map(([key, item]) => `${repr(key)}: ${repr(item)}`)
      .join(", ")}}`;
  }
  return specialRepr(value);
}

/** The same, with all that is not ASCII escaped. */
export function ascii(value: FlowValue): string {
  return repr(value).replaceAll(/[^\0-\x7f]/gu, escaped);
}

function specialRepr(value: FlowValue): string {
  if (value instanceof FlowSet) {
    return value.size === 0 ? "set()" : `{${value.items().map(repr).join(", ")}}`;
  }
  if (value instanceof Bytes) return bytesRepr(value.data);
  if (value instanceof DateTime) return dateRepr(value);
  if (value instanceof Slice)
    return `slice(${[value.start ?? null, value.stop ?? null, value.step].map(repr).join(", ")})`;
  return `<${value instanceof Special ? value.type : kindOf(value)}>`;
}

/** A number is whole or not, where Python tells 1 from 1.0: a whole one is shown as an int. */
export function numberRepr(value: number): string {
  if (Number.isInteger(value)) return numberText(value);
  const [digits = "", exponent] = value.toExponential().split("e");
  const power = Number(exponent);
  if (power >= -4) return String(value);
  return `${digits}e-${String(-power).padStart(2, "0")}`;
}

function dateRepr({ wall, offset }: DateTime): string {
  const { year, month, day, hour, minute, second, microsecond } = wall;
  const parts = [year, month, day, hour, minute];
  if (second || microsecond) parts.push(second);
  if (microsecond) parts.push(microsecond);
  return `datetime.datetime(${parts.join(", ")}${zoneRepr(offset)})`;
}

function zoneRepr(offset: number | undefined): string {
  if (offset === undefined) return "";
  if (offset === 0) return ", tzinfo=datetime.timezone.utc";
  const [days, seconds] = offset < 0 ? ["days=-1, ", 86_400 + offset * 60] : ["", offset * 60];
  return `, tzinfo=datetime.timezone(datetime.timedelta(${days}seconds=${seconds}))`;
}

function bytesRepr(data: Uint8Array): string {
  const text = Buffer.from(data).toString("latin1");
  return `b${quoted(text, (character) => /[\x20-\x7e]/.test(character))}`;
}

const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\" };

/** In single quotes, or in double ones when that spares an escape. */
function quoted(text: string, isShown: (character: string) => boolean): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const inside = Array.from(text, (character) => {
    if (character === quote) return `\\${quote}`;
    return SHORT[character] ?? (isShown(character) ? character : escaped(character));
  });
  return `${quote}${inside.join("")}${quote}`;
}

function isPrintable(character: string): boolean {
  return character === " " || !/[\p{C}\p{Z}]/u.test(character);
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const [letter, width] = code < 0x100 ? ["x", 2] : code < 0x10000 ? ["u", 4] : ["U", 8];
  return `\\${letter}${code.toString(16).padStart(width, "0")}`;
}
