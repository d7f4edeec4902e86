import { define } from "../define.ts";
import { any, bool, listOf, optional, rest } from "../params.ts";

/** Functions about bools and what is missing. */
export const TRUTH = [
  define({
    name: "alltrue",
    category: "Collections",
    params: [listOf(optional(bool("list")))],
    summary: "Whether all items of a list of bools are true.",
    examples: [
      ['alltrue(["true", true])', "true"],
      ["alltrue([true, false])", "false"],
      ["alltrue([])", "true"],
    ],
    call: ([list]) => list.every((item) => item === true),
  }),
  define({
    name: "anytrue",
    category: "Collections",
    params: [listOf(optional(bool("list")))],
    summary: "Whether one item at least of a list of bools is true.",
    examples: [
      ["anytrue([true, false])", "true"],
      ["anytrue([])", "false"],
    ],
    call: ([list]) => list.some((item) => item === true),
  }),
  define({
    name: "coalesce",
    category: "Collections",
    params: [rest(any("values"))],
    summary: "The first of several values that is neither null nor an empty text.",
    examples: [
      ['coalesce("", "b")', '"b"'],
      ["coalesce(null, 1, 2)", "1"],
      ['coalesce(["", "b"]...)', '"b"'],
    ],
    call: ([values]) => {
      const found = values.find((value) => value !== null && value !== "");
      if (found !== undefined) return found;
      throw new Error("all values are null or empty; expected one that is not");
    },
  }),
];
