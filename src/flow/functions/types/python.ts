import { described } from "../../evaluate/convert.ts";
import { type FlowList, type FlowValue, isList, isObject, kindOf, objectOf, Special } from "../../value.ts";
import { define } from "../define.ts";
import { Bytes } from "../kinds/bytes.ts";
import { ascii, repr, str } from "../kinds/python-text.ts";
import { any, int, optional, others, param, text, word } from "../params.ts";
import { decode, encode } from "./charsets.ts";
import { isTrue, typeName } from "./nature.ts";

const ERRORS = ["strict", "ignore", "replace"] as const;

/** Python's conversions. */
export const PYTHON_TYPES = [
  define({
    name: "ascii",
    category: "Types",
    params: [any("value")],
    summary: "A value as `repr` shows it, with all that is not ASCII escaped.",
    examples: [['ascii("é")', `"'\\\\xe9'"`]],
    call: ([value]) => ascii(value),
  }),
  define({
    name: "bool",
    category: "Types",
    params: [optional(any("value"))],
    summary: "Whether Python takes a value for true: not `false`, `null`, 0, and what is empty.",
    examples: [
      ["bool([])", "false"],
      ['bool("false")', "true"],
      ["bool(0)", "false"],
    ],
    call: ([value = false]) => isTrue(value),
  }),
  define({
    name: "bytes",
    category: "Types",
    params: [optional(any("value")), optional(text("encoding")), optional(word("errors", ERRORS))],
    summary: "Bytes: of a text in an encoding, of a list of numbers, or so many zeros.",
    details: "Encodings: `utf-8`, `ascii`, `latin-1`, `utf-16`, `utf-16-le` and `utf-16-be`.",
    examples: [
      ['list(bytes("é", "utf-8"))', "[195, 169]"],
      ['str(bytes([104, 105]), "utf-8")', '"hi"'],
    ],
    call: ([value = [], encoding, errors]) => new Bytes(bytesOf(value, encoding, errors)),
  }),
  define({
    name: "chr",
    category: "Types",
    params: [int("number", { min: 0, max: 0x10ffff })],
    summary: "The character with a number.",
    examples: [
      ["chr(97)", '"a"'],
      ["chr(8364)", '"€"'],
    ],
    call: ([number]) => String.fromCodePoint(number),
  }),
  define({
    name: "dict",
    category: "Types",
    params: [optional(any("value")), others("entries")],
    summary: "An object of another one or of a list of keys and values, and of what is given by name.",
    examples: [
      ['dict([["a", 1], ["b", 2]])', "{a = 1, b = 2}"],
      ["dict({a = 1}...)", "{a = 1}"],
      ['dict(zip(["a", "b"], [1, 2]))', "{a = 1, b = 2}"],
    ],
    call: ([value, named]) =>
      objectOf([...(value === undefined ? [] : entriesOf(value)), ...Object.entries(named)]),
  }),
  define({
    name: "ord",
    category: "Types",
    params: [
      param("character", "one character", (value) =>
        typeof value === "string" && [...value].length === 1 ? value : undefined,
      ),
    ],
    summary: "The number of a character.",
    examples: [
      ['ord("a")', "97"],
      ['ord("€")', "8364"],
    ],
    call: ([character]) => character.codePointAt(0) ?? 0,
  }),
  define({
    name: "repr",
    category: "Types",
    params: [any("value")],
    summary: "A value as Python writes it in a program.",
    details: "Whole numbers are shown as Python's int, for they are not told from `1.0` here.",
    examples: [
      ["repr(null)", '"None"'],
      [`repr(["a", true, 1.5])`, `"['a', True, 1.5]"`],
      ["repr(datetime(2020, 1, 1))", '"datetime.datetime(2020, 1, 1, 0, 0)"'],
    ],
    call: ([value]) => repr(value),
  }),
  define({
    name: "str",
    category: "Types",
    params: [optional(any("value")), optional(text("encoding")), optional(word("errors", ERRORS))],
    summary: "A value as Python prints it; with an encoding, the text that bytes mean.",
    details: "A template shows bools as HCL does: `true`.",
    examples: [
      ["str(true)", '"True"'],
      ["str([1, null])", '"[1, None]"'],
      ['str(bytes("hi", "utf-8"), ["utf-8", "strict"]...)', '"hi"'],
    ],
    call: ([value = "", encoding, errors]) => {
      if (encoding === undefined && errors === undefined) return str(value);
      if (value instanceof Bytes) return decode(value.data, encoding ?? "utf-8", errors);
      throw new Error(`an encoding is for bytes; this is ${kindOf(value)}`);
    },
  }),
  define({
    name: "type",
    category: "Types",
    params: [any("value")],
    summary: "The name of a value's type in Python.",
    details: "Whole numbers are `int`. Runflow gave the type itself, which has no use in a flow.",
    examples: [
      ['type("a")', '"str"'],
      [
        "[for x in [1, 1.5, true, null, [], {}] : type(x)]",
        '["int", "float", "bool", "NoneType", "list", "dict"]',
      ],
    ],
    call: ([value]) => typeName(value),
  }),
];

function bytesOf(value: FlowValue, encoding: string | undefined, errors: string | undefined): Uint8Array {
  if (typeof value === "string") {
    if (encoding === undefined)
      throw new Error('text becomes bytes by an encoding; expected one, such as "utf-8"');
    return encode(value, encoding, errors);
  }
  if (encoding !== undefined || errors !== undefined) throw new Error("an encoding is for text only");
  if (value instanceof Bytes) return value.data;
  if (typeof value === "number" && Number.isInteger(value) && value >= 0) return zeros(value);
  const items = isList(value) ? value : value instanceof Special ? value.items() : undefined;
  if (items) return Uint8Array.from(items, byteOf);
  throw new Error(
    `${described(value)} cannot be made bytes; expected text, a list of numbers or a number from 0`,
  );
}

const MOST_ZEROS = 16 * 1024 * 1024;

function zeros(count: number): Uint8Array {
  if (count > MOST_ZEROS) throw new Error(`${count} bytes are too many; at most ${MOST_ZEROS} are allowed`);
  return new Uint8Array(count);
}

function byteOf(item: FlowValue): number {
  if (typeof item === "number" && Number.isInteger(item) && item >= 0 && item <= 255) return item;
  throw new Error(`${described(item)} is no byte; expected a whole number from 0 to 255`);
}

function entriesOf(value: FlowValue): readonly (readonly [string, FlowValue])[] {
  if (isObject(value)) return Object.entries(value);
  const items = isList(value) ? value : value instanceof Special ? value.items() : undefined;
  if (items) return items.map(entryOf);
  throw new Error(`${described(value)} cannot be made an object; expected an object, or a list of pairs`);
}

function entryOf(item: FlowValue): readonly [string, FlowValue] {
  const [key, value, third]: FlowList = isList(item) ? item : [];
  if (value === undefined || third !== undefined) {
    throw new Error(`${described(item)} is no pair; expected a list of a key and a value`);
  }
  const name = typeof key === "number" ? String(key) : key;
  if (typeof name === "string") return [name, value];
  throw new Error(`the key is ${described(key ?? null)}; expected text`);
}
