import { asText, described, numberIn } from "../../evaluate/convert.ts";
import type { FlowValue } from "../../value.ts";
import { define } from "../define.ts";
import { FlowSet } from "../kinds/set.ts";
import { any, list, object } from "../params.ts";

/** Terraform's conversions: what does not mean the type is refused; null stays null. */
export const CONVERT = [
  define({
    name: "tobool",
    category: "Types",
    params: [any("value")],
    summary: 'A bool, or the one that `"true"` or `"false"` means.',
    examples: [
      ["tobool(true)", "true"],
      ['tobool("false")', "false"],
      ["tobool(null)", "null"],
    ],
    call: ([value]) => {
      if (value === null || typeof value === "boolean") return value;
      if (value === "true" || value === "false") return value === "true";
      throw cannot(value, "a bool");
    },
  }),
  define({
    name: "tolist",
    category: "Types",
    params: [any("value")],
    summary: "A list of what is in a list or a set.",
    examples: [
      ['tolist(["a", "b", 3])', '["a", "b", 3]'],
      ['tolist(toset(["b", "a"]))', '["a", "b"]'],
    ],
    call: ([value]) => (value === null ? null : list("value").read(value)),
  }),
  define({
    name: "tomap",
    category: "Types",
    params: [any("value")],
    summary: "An object as it is; here an object and a map are the same.",
    examples: [['tomap({a = "foo", b = true})', '{a = "foo", b = true}']],
    call: ([value]) => (value === null ? null : object("value").read(value)),
  }),
  define({
    name: "tonumber",
    category: "Types",
    params: [any("value")],
    summary: "A number, or the one that a text writes.",
    examples: [
      ["tonumber(1)", "1"],
      ['tonumber("-1.5")', "-1.5"],
      ["tonumber(null)", "null"],
    ],
    call: ([value]) => {
      const number = typeof value === "string" ? numberIn(value) : value;
      if (number === null || typeof number === "number") return number;
      throw cannot(value, "a number");
    },
  }),
  define({
    name: "toset",
    category: "Types",
    params: [any("value")],
    summary: "A set of what is in a list, without doubles.",
    details: "A set goes through its values in their order, or as they came where they are of several kinds.",
    examples: [
      ['tolist(toset(["c", "b", "b"]))', '["b", "c"]'],
      ['toset(["a", "b"]) == toset(["b", "a"])', "true"],
    ],
    call: ([value]) => (value === null ? null : new FlowSet(list("value").read(value))),
  }),
  define({
    name: "tostring",
    category: "Types",
    params: [any("value")],
    summary: "Text, or what a number or bool is as text in a template.",
    details: "`str` shows any value, as Python does.",
    examples: [
      ['tostring("hello")', '"hello"'],
      ["tostring(1)", '"1"'],
      ["tostring(true)", '"true"'],
      ["tostring(null)", "null"],
    ],
    call: ([value]) => {
      const text = value === null ? null : asText(value);
      if (text !== undefined) return text;
      throw cannot(value, "text");
    },
  }),
];

function cannot(value: FlowValue, wanted: string): Error {
  return new Error(`${described(value)} cannot be made ${wanted}`);
}
