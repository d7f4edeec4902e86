import type { FlowValue } from "../../value.ts";
import { define } from "../define.ts";
import { any, int, optional, param, text } from "../params.ts";
import { exact } from "./exact.ts";
import { readFloat, readInt } from "./read.ts";

function whole(name: string) {
  return param(name, "a whole number", (value) =>
    typeof value === "boolean" ? Number(value) : Number.isInteger(value) ? (value as number) : undefined,
  );
}

/** Functions about the digits that write a number. */
export const DIGITS = [
  define({
    name: "bin",
    category: "Numbers",
    params: [whole("number")],
    summary: "A whole number to the base 2, with `0b` before it.",
    examples: [
      ["bin(5)", '"0b101"'],
      ["bin(-5)", '"-0b101"'],
    ],
    call: ([number]) => prefixed(number, 2, "0b"),
  }),
  define({
    name: "float",
    category: "Numbers",
    params: [optional(any("value"))],
    summary: "A number, or the one that a text writes.",
    details: "There is no infinity and no NaN: numbers that are too large are refused.",
    examples: [
      ['float("1.5")', "1.5"],
      ['float(" -1e3 ")', "-1000"],
      ["float(true)", "1"],
    ],
    call: ([value = 0]) => toFloat(value),
  }),
  define({
    name: "hex",
    category: "Numbers",
    params: [whole("number")],
    summary: "A whole number to the base 16, with `0x` before it.",
    examples: [
      ["hex(255)", '"0xff"'],
      ["hex(-42)", '"-0x2a"'],
    ],
    call: ([number]) => prefixed(number, 16, "0x"),
  }),
  define({
    name: "int",
    category: "Numbers",
    params: [optional(any("value")), optional(int("base", { min: 0, max: 36 }))],
    summary: "A whole number: one without its fraction, or the one that a text writes to a base.",
    details: "The base is 10, or what `0x`, `0o` or `0b` before the digits says when it is 0.",
    examples: [
      ["int(3.9)", "3"],
      ['int(" 42 ")', "42"],
      ['int("ff", 16)', "255"],
      ['int("0b101", 0)', "5"],
    ],
    call: ([value = 0, base]) => toInt(value, base),
  }),
  define({
    name: "oct",
    category: "Numbers",
    params: [whole("number")],
    summary: "A whole number to the base 8, with `0o` before it.",
    examples: [["oct(8)", '"0o10"']],
    call: ([number]) => prefixed(number, 8, "0o"),
  }),
  define({
    name: "parseint",
    category: "Numbers",
    params: [text("text"), int("base", { min: 2, max: 62 })],
    summary: "The whole number that a text writes to a base.",
    details:
      "Up to the base 36 capital and small letters mean the same; above, capital ones come after small ones.",
    examples: [
      ['parseint("100", 10)', "100"],
      ['parseint("FF", 16)', "255"],
      ['parseint("-10", 16)', "-16"],
      ['parseint("aA", 62)', "656"],
    ],
    call: ([text, base]) => exact(readDigits(text, base)),
  }),
];

function prefixed(number: number, base: number, prefix: string): string {
  return `${number < 0 ? "-" : ""}${prefix}${BigInt(Math.abs(number)).toString(base)}`;
}

function toFloat(value: FlowValue): number {
  if (typeof value === "string") return readFloat(value);
  if (typeof value === "number" || typeof value === "boolean") return Number(value);
  throw new Error("only a number, a bool or text can be made a number");
}

function toInt(value: FlowValue, base: number | undefined): number {
  if (typeof value === "string") return exact(readInt(value, base ?? 10));
  if (base !== undefined) throw new Error("a base is for text only");
  if (typeof value === "number" || typeof value === "boolean") return Math.trunc(Number(value)) + 0;
  throw new Error("only a number, a bool or text can be made a whole number");
}

const ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

function readDigits(text: string, base: number): bigint {
  const [, sign = "", digits = ""] = /^([-+]?)(\w+)$/.exec(text) ?? [];
  const values = Array.from(base <= 36 ? digits.toLowerCase() : digits, (digit) => ALPHABET.indexOf(digit));
  if (values.length === 0 || values.length > 1100 || values.some((value) => value < 0 || value >= base)) {
    throw new Error(`${JSON.stringify(text.slice(0, 40))} is no whole number to the base ${base}`);
  }
  const magnitude = values.reduce((total, value) => total * BigInt(base) + BigInt(value), 0n);
  return sign === "-" ? -magnitude : magnitude;
}
