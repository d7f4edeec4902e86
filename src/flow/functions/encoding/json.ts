import { type FlowValue, isList } from "../../value.ts";
import { define } from "../define.ts";
import { any, bool, named, param, text } from "../params.ts";
import { asJson, compactJson } from "./compact-json.ts";
import { fromPlain } from "./plain.ts";
import { pythonJson } from "./python-json.ts";

/** The widest level of JSON. */
const WIDEST_INDENT = 1000;

/** Functions about JSON. */
export const JSON_FUNCTIONS = [
  define({
    name: "jsondecode",
    category: "Encoding",
    params: [text("text")],
    summary: "The value that a text of JSON holds.",
    examples: [
      ['jsondecode("{\\"hello\\": \\"world\\"}")', '{hello = "world"}'],
      ['jsondecode("[1, true, null]")', "[1, true, null]"],
    ],
    call: ([text]) => {
      let plain: unknown;
      try {
        plain = JSON.parse(text);
      } catch (error) {
        throw new Error(`the text is no JSON: ${(error as Error).message}`);
      }
      return fromPlain(plain);
    },
  }),
  define({
    name: "jsonencode",
    category: "Encoding",
    params: [any("value")],
    summary: "The value as JSON without spaces, with the keys of objects in their order.",
    details: "`<`, `>` and `&` are escaped, as Terraform does; `tojson` is Python's.",
    examples: [
      ['jsonencode({hello = "world"})', '"{\\"hello\\":\\"world\\"}"'],
      ['jsonencode({b = [1, null], a = "<"})', '"{\\"a\\":\\"\\\\u003c\\",\\"b\\":[1,null]}"'],
    ],
    call: ([value]) => compactJson(value),
  }),
  define({
    name: "tojson",
    category: "Encoding",
    params: [
      any("value"),
      named(param("indent", "a whole number or text", indentOf)),
      named(bool("sort_keys")),
      named(param("separators", "a list of two texts", separatorsOf)),
      named(bool("ensure_ascii")),
    ],
    summary: "The value as JSON, as Python's `json.dumps` writes it.",
    details: "Sets become lists and dates texts.",
    examples: [
      ['tojson({key = "value"})', '"{\\"key\\": \\"value\\"}"'],
      ["tojson([1, true, null])", '"[1, true, null]"'],
      ['tojson("é")', '"\\"\\\\u00e9\\""'],
      ["tojson([1, [2]], {indent = 2}...)", '"[\\n  1,\\n  [\\n    2\\n  ]\\n]"'],
      ['tojson({b = 1, a = 2}, {sort_keys = true, separators = [",", ":"]}...)', '"{\\"a\\":2,\\"b\\":1}"'],
    ],
    call: ([value, indent, sortKeys = false, separators, ensureAscii = true]) =>
      pythonJson(asJson(value), {
        indent,
        sortKeys,
        ensureAscii,
        itemSeparator: separators?.[0] ?? (indent === undefined ? ", " : ","),
        keySeparator: separators?.[1] ?? ": ",
      }),
  }),
];

function indentOf(value: FlowValue): string | undefined {
  if (typeof value === "number" && Number.isInteger(value) && value <= WIDEST_INDENT) {
    return " ".repeat(Math.max(0, value));
  }
  return typeof value === "string" && value.length <= WIDEST_INDENT ? value : undefined;
}

function separatorsOf(value: FlowValue): readonly [string, string] | undefined {
  const [item, key, third] = isList(value) ? value : [];
  return typeof item === "string" && typeof key === "string" && third === undefined ? [item, key] : undefined;
}
