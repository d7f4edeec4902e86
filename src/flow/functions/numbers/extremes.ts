import { type FlowList, type FlowValue, kindOf } from "../../value.ts";
import { define } from "../define.ts";
import { compare } from "../kinds/order.ts";
import { any, iterated, named, rest } from "../params.ts";

/** The largest and the smallest of several values. */
export const EXTREMES = [
  define({
    name: "max",
    category: "Numbers",
    params: [rest(any("values")), named(any("default"))],
    summary: "The largest of several values, or of the items of one list.",
    details: "Python's: any values that have an order, such as texts. `default` is for an empty list.",
    examples: [
      ["max(12, 54, 3)", "54"],
      ["max([12, 54, 3])", "54"],
      ["max([12, 54, 3]...)", "54"],
      ["max([], {default = 0}...)", "0"],
    ],
    call: ([values, fallback]) => extreme(values, fallback, 1),
  }),
  define({
    name: "min",
    category: "Numbers",
    params: [rest(any("values")), named(any("default"))],
    summary: "The smallest of several values, or of the items of one list.",
    details: "Python's: any values that have an order, such as texts. `default` is for an empty list.",
    examples: [
      ["min(12, 54, 3)", "3"],
      ["min([12, 54, 3])", "3"],
      ['min("b", "a")', '"a"'],
    ],
    call: ([values, fallback]) => extreme(values, fallback, -1),
  }),
];

function extreme(values: FlowList, fallback: FlowValue | undefined, sign: 1 | -1): FlowValue {
  const [first, ...others] = itemsOf(values);
  if (first === undefined) {
    if (fallback !== undefined) return fallback;
    throw new Error("there are no values; expected one at least, or a default");
  }
  return others.reduce((best, value) => (compare(value, best) * sign > 0 ? value : best), first);
}

/** One number alone is Terraform's `max([5]...)`. */
function itemsOf(values: FlowList): FlowList {
  const [only] = values;
  if (values.length !== 1 || only === undefined || typeof only === "number") return values;
  const items = iterated(only);
  if (items) return items;
  throw new Error(`the only argument is ${kindOf(only)}; expected a list, or several values`);
}
