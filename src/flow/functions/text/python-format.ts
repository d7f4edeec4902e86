import { numberText } from "../../evaluate/convert.ts";
import type { FlowValue } from "../../value.ts";
import { kindOf } from "../../value.ts";
import { strftime } from "../dates/strftime.ts";
import { DateTime } from "../kinds/date-time.ts";
import { fixed, scientific } from "../kinds/decimal.ts";
import { repr, str } from "../kinds/python-text.ts";
import { type FormatSpec, readSpec } from "./format-spec.ts";

/**
 * Python's `format`.
 *
 * @throws Error when the specification is none, or not for such a value
 */
export function pythonFormat(value: FlowValue, spec: string): string {
  if (spec === "") return str(value);
  if (value instanceof DateTime) return strftime(value, spec);
  if (typeof value === "string") return formatText(value, readSpec(spec));
  if (typeof value === "boolean" || typeof value === "number")
    return formatNumber(Number(value), readSpec(spec));
  throw new Error(`${kindOf(value)} takes no format; expected text, a number or a date`);
}

function formatText(text: string, spec: FormatSpec): string {
  const { type, align, precision, sign, alternate, grouping } = spec;
  if (!["", "s"].includes(type) || align === "=" || sign !== "-" || alternate || grouping !== "") {
    throw new Error("a string takes a fill, an alignment, a width and a precision only");
  }
  const cut = precision === undefined ? text : [...text].slice(0, precision).join("");
  return aligned(cut, "", spec, "<");
}

/** Pads to the width; a sign stays before zeros. */
function aligned(
  text: string,
  sign: string,
  { fill, align, width }: FormatSpec,
  natural: "<" | ">" | "=",
): string {
  const missing = Math.max(0, width - [...text].length - sign.length);
  const where = align ?? natural;
  if (where === "=") return sign + fill.repeat(missing) + text;
  const before = where === ">" ? missing : where === "^" ? Math.floor(missing / 2) : 0;
  return fill.repeat(before) + sign + text + fill.repeat(missing - before);
}

const BASES: Readonly<Record<string, readonly [base: number, prefix: string]>> = {
  b: [2, "0b"],
  o: [8, "0o"],
  x: [16, "0x"],
  X: [16, "0X"],
};

function formatNumber(value: number, spec: FormatSpec): string {
  const { type, precision } = spec;
  if (type === "c") return aligned(character(value, spec), "", spec, spec.zero ? "=" : "<");
  if (type === "s") throw new Error('the format "s" is for text only; expected one for numbers');
  if (BASES[type] || type === "d") return formatInt(value, spec);
  if (type === "" && precision === undefined && Number.isInteger(value)) return formatInt(value, spec);
  return signed(value, decimals(Math.abs(value), spec), spec, 3);
}

function character(value: number, { sign, precision, grouping, alternate }: FormatSpec): string {
  if (sign !== "-" || precision !== undefined || grouping !== "" || alternate) {
    throw new Error('the format "c" takes a fill, an alignment and a width only');
  }
  if (!Number.isInteger(value) || value < 0 || value > 0x10ffff) {
    throw new Error(`${value} is no character's number; expected a whole number from 0 to 1114111`);
  }
  return String.fromCodePoint(value);
}

function formatInt(value: number, spec: FormatSpec): string {
  const { type, alternate, precision } = spec;
  if (!Number.isInteger(value))
    throw new Error(`${value} is not whole; the format "${type}" wants a whole number`);
  if (precision !== undefined) throw new Error("a whole number takes no precision");
  const [base, prefix] = BASES[type] ?? [10, ""];
  if (spec.grouping === "," && base !== 10) throw new Error(`"," does not go with "${type}"; expected "_"`);
  const digits = base === 10 ? numberText(Math.abs(value)) : BigInt(Math.abs(value)).toString(base);
  const text = type === "X" ? digits.toUpperCase() : digits;
  return signed(value, text, spec, base === 10 ? 3 : 4, alternate ? prefix : "");
}

/** @param size how many digits make a group */
function signed(value: number, digits: string, spec: FormatSpec, size: number, prefix = ""): string {
  const isZero = !/[1-9a-z]/i.test(digits.split(/e/i)[0] ?? "");
  const negative = (value < 0 || Object.is(value, -0)) && !(spec.noNegativeZero && isZero);
  const sign = (negative ? "-" : spec.sign === "-" ? "" : spec.sign) + prefix;
  const natural = spec.zero ? "=" : ">";
  if (spec.grouping === "") return aligned(digits, sign, spec, natural);
  const [whole = "", ...others] = digits.split(/(?=[.e%])/i);
  const width =
    (spec.align ?? natural) === "=" && spec.fill === "0"
      ? spec.width - sign.length - others.join("").length
      : 0;
  return aligned(grouped(whole, size, spec.grouping, width) + others.join(""), sign, spec, natural);
}

/** In groups, with zeros before it as far as the width lets them. */
function grouped(digits: string, size: number, separator: string, width: number): string {
  let all = digits;
  while (all.length + Math.floor((all.length - 1) / size) < width) all = `0${all}`;
  return all.replaceAll(new RegExp(`(?<=.)(?=(?:.{${size}})+$)`, "g"), separator);
}

function decimals(value: number, { type, precision, alternate }: FormatSpec): string {
  const places = precision ?? 6;
  if (type === "f" || type === "F") return pointed(fixed(value, places), alternate);
  if (type === "%") return `${pointed(fixed(value * 100, places), alternate)}%`;
  if (type === "e" || type === "E") return inCase(exponential(...scientific(value, places), alternate), type);
  if (type === "" && precision === undefined) return alternate ? pointed(repr(value), true) : repr(value);
  return inCase(general(value, Math.max(1, places), type, alternate), type);
}

/** Digits as many as wanted; with an exponent where that is shorter. Without a type a whole number keeps `.0`. */
function general(value: number, digits: number, type: string, alternate: boolean): string {
  const [mantissa, power] = scientific(value, digits - 1);
  const most = type === "" ? digits - 1 : digits;
  if (power < -4 || power >= most)
    return exponential(alternate ? mantissa : trimmed(mantissa), power, alternate);
  const text = fixed(value, Math.max(0, digits - 1 - power));
  if (alternate) return pointed(text, true);
  const short = trimmed(text);
  return type === "" && !short.includes(".") ? `${short}.0` : short;
}

function exponential(mantissa: string, power: number, alternate: boolean): string {
  return `${pointed(mantissa, alternate)}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
}

function trimmed(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

function pointed(text: string, alternate: boolean): string {
  return alternate && !text.includes(".") ? text.replace(/(?=e|$)/, ".") : text;
}

function inCase(text: string, type: string): string {
  return /[A-Z]/.test(type) ? text.toUpperCase() : text;
}
