import { type FlowList, isList, isObject, kindOf, Special } from "../../value.ts";
import { ArgumentError } from "../argument-error.ts";
import { define } from "../define.ts";
import { compare } from "../kinds/order.ts";
import { any, bool, int, iterable, iterated, named, optional, rest } from "../params.ts";
import { graphemes } from "../text/graphemes.ts";
import { isTrue } from "../types/nature.ts";

/** Python's functions over what can be gone through: lists, sets, the keys of objects, the characters of texts. */
export const ITERABLES = [
  define({
    name: "all",
    category: "Collections",
    params: [iterable("values")],
    summary: "Whether Python takes all values for true, as `bool` does.",
    examples: [
      ["all([true, 1])", "true"],
      ["all([1, 0])", "false"],
      ["all([])", "true"],
    ],
    call: ([values]) => values.every(isTrue),
  }),
  define({
    name: "any",
    category: "Collections",
    params: [iterable("values")],
    summary: "Whether Python takes one value at least for true, as `bool` does.",
    examples: [
      ['any(["", "a"])', "true"],
      ["any([])", "false"],
    ],
    call: ([values]) => values.some(isTrue),
  }),
  define({
    name: "enumerate",
    category: "Collections",
    params: [iterable("values"), optional(int("start"))],
    summary: "Pairs of a number, counted from 0 or a start, and a value.",
    examples: [
      ['enumerate(["a", "b"])', '[[0, "a"], [1, "b"]]'],
      ['enumerate(["a"], {start = 1}...)', '[[1, "a"]]'],
    ],
    call: ([values, start = 0]) => values.map((value, i) => [start + i, value]),
  }),
  define({
    name: "len",
    category: "Collections",
    params: [any("value")],
    summary: "How many items a list, set or object has, or characters a text.",
    details: "Python's: 👍🏽 counts as 2, as Unicode does; `length` counts what readers see.",
    examples: [
      ["len([1, 2, 3])", "3"],
      ['len("hello")', "5"],
      ["len({a = 1})", "1"],
      ['len("👍🏽")', "2"],
    ],
    call: ([value]) => {
      const items = iterated(value);
      if (items) return items.length;
      throw new ArgumentError("value", `is ${kindOf(value)}, which has no length`);
    },
  }),
  define({
    name: "length",
    category: "Collections",
    params: [any("value")],
    summary: "How many items a list, set or object has, or characters, as readers see them, a text.",
    examples: [
      ['length(["a", "b"])', "2"],
      ['length("hello")', "5"],
      ['length("👍🏽")', "1"],
    ],
    call: ([value]) => {
      if (typeof value === "string") return graphemes(value).length;
      if (isObject(value)) return Object.keys(value).length;
      const items = isList(value) ? value : value instanceof Special ? value.items() : undefined;
      if (items) return items.length;
      throw new ArgumentError("value", `is ${kindOf(value)}, which has no length`);
    },
  }),
  define({
    name: "list",
    category: "Collections",
    params: [optional(iterable("values"))],
    summary: "A list of what is in a list or a set, of the keys of an object or of the characters of a text.",
    examples: [
      ['list("abc")', '["a", "b", "c"]'],
      ["list({a = 1, b = 2})", '["a", "b"]'],
      ["list()", "[]"],
    ],
    call: ([values = []]) => values,
  }),
  define({
    name: "reversed",
    category: "Collections",
    params: [iterable("values")],
    summary: "The values backwards, as a list.",
    examples: [
      ["reversed([1, 2, 3])", "[3, 2, 1]"],
      ['reversed("ab")', '["b", "a"]'],
    ],
    call: ([values]) => values.toReversed(),
  }),
  define({
    name: "sorted",
    category: "Collections",
    params: [iterable("values"), named(bool("reverse"))],
    summary: "The values in their order, as a list; numbers by size, texts by their characters' numbers.",
    examples: [
      ["sorted([10, 9, 2])", "[2, 9, 10]"],
      ['sorted(["b", "a"], {reverse = true}...)', '["b", "a"]'],
    ],
    call: ([values, reverse]) => values.toSorted((a, b) => (reverse ? compare(b, a) : compare(a, b))),
  }),
  define({
    name: "tuple",
    category: "Collections",
    params: [optional(iterable("values"))],
    summary: "The same as `list`; there is one kind of lists here.",
    examples: [['tuple("ab")', '["a", "b"]']],
    call: ([values = []]) => values,
  }),
  define({
    name: "zip",
    category: "Collections",
    params: [rest(iterable("iterables")), named(bool("strict"))],
    summary: "Lists of the first items of several lists, of the second ones … as far as the shortest goes.",
    details: "With `strict` they must be equally long.",
    examples: [
      ['zip(["a", "b"], [1, 2])', '[["a", 1], ["b", 2]]'],
      ['zip(["a", "b"], [1])', '[["a", 1]]'],
    ],
    call: ([iterables, strict]) => zipped(iterables, strict ?? false),
  }),
];

function zipped(lists: readonly FlowList[], strict: boolean): FlowList {
  const lengths = lists.map((one) => one.length);
  const length = lists.length === 0 ? 0 : Math.min(...lengths);
  if (strict && lengths.some((one) => one !== length)) {
    throw new Error(`there are ${lengths.join(" and ")} items; expected equally many`);
  }
  return Array.from({ length }, (_, i) => lists.map((one) => one[i] ?? null));
}
