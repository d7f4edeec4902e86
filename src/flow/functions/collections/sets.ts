import type { FlowList } from "../../value.ts";
import { define } from "../define.ts";
import { FlowSet } from "../kinds/set.ts";
import { checkSize } from "../limits.ts";
import { iterable, list, optional, rest } from "../params.ts";

/** Functions about sets. */
export const SETS = [
  ...["set", "frozenset"].map((name) =>
    define({
      name,
      category: "Sets",
      params: [optional(iterable("values"))],
      summary:
        "A set of what is in a list, of the keys of an object or of the characters of a text, without doubles.",
      details:
        "A set goes through its values in their order, or as they came where they are of several kinds.",
      examples: [
        [`list(${name}([3, 1, 3]))`, "[1, 3]"],
        [`${name}("aba") == ${name}(["b", "a"])`, "true"],
      ],
      call: ([values = []]) => new FlowSet(values),
    }),
  ),
  define({
    name: "setintersection",
    category: "Sets",
    params: [list("first"), rest(list("others"))],
    summary: "The set of the values that are in all of several sets.",
    examples: [['setintersection(["a", "b"], ["b", "c"], ["b", "d"])', 'toset(["b"])']],
    call: ([first, others]) => {
      const sets = others.map((one) => new FlowSet(one));
      return new FlowSet(first.filter((value) => sets.every((set) => set.has(value))));
    },
  }),
  define({
    name: "setproduct",
    category: "Sets",
    params: [rest(list("sets"))],
    summary: "All lists of one value of each of several sets or lists.",
    examples: [
      [
        'setproduct(["dev", "live"], ["a", "b"])',
        '[["dev", "a"], ["dev", "b"], ["live", "a"], ["live", "b"]]',
      ],
    ],
    call: ([sets]) => product(sets),
  }),
  define({
    name: "setsubtract",
    category: "Sets",
    params: [list("a"), list("b")],
    summary: "The set of the values of one set that are not in another one.",
    examples: [['setsubtract(["a", "b", "c"], ["a", "c"])', 'toset(["b"])']],
    call: ([a, b]) => {
      const less = new FlowSet(b);
      return new FlowSet(a.filter((value) => !less.has(value)));
    },
  }),
  define({
    name: "setunion",
    category: "Sets",
    params: [rest(list("sets"))],
    summary: "The set of the values of several sets.",
    examples: [['setunion(["a", "b"], ["b", "c"])', 'toset(["a", "b", "c"])']],
    call: ([sets]) => {
      checkSize(sets.reduce((sum, one) => sum + one.length, 0));
      return new FlowSet(sets.flat());
    },
  }),
];

function product(sets: readonly FlowList[]): FlowList {
  if (sets.length < 2) throw new Error(`${sets.length} sets are given; expected two at least`);
  checkSize(sets.reduce((count, one) => count * one.length, 1));
  return sets.reduce<FlowList[]>(
    (made, set) => made.flatMap((before) => set.map((value) => [...before, value])),
    [[]],
  );
}
