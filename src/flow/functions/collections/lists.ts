import { equal } from "../../evaluate/equal.ts";
import { type FlowList, type FlowValue, isList, Special } from "../../value.ts";
import { define } from "../define.ts";
import { Distinct } from "../kinds/distinct.ts";
import { compareText } from "../kinds/order.ts";
import { checkSize } from "../limits.ts";
import { any, int, list, listOf, optional, rest, text } from "../params.ts";

/** Functions that make lists of lists. */
export const LISTS = [
  define({
    name: "chunklist",
    category: "Collections",
    params: [list("list"), int("size", { min: 0 })],
    summary: "The list in pieces of so many items; 0 makes one piece.",
    examples: [
      ['chunklist(["a", "b", "c"], 2)', '[["a", "b"], ["c"]]'],
      ["chunklist([1, 2], 0)", "[[1, 2]]"],
    ],
    call: ([list, size]) => chunks(list, size || list.length),
  }),
  define({
    name: "coalescelist",
    category: "Collections",
    params: [rest(list("lists"))],
    summary: "The first of several lists that is not empty.",
    examples: [
      ['coalescelist([], ["c", "d"])', '["c", "d"]'],
      ['coalescelist([[], ["c"]]...)', '["c"]'],
    ],
    call: ([lists]) => {
      const found = lists.find((one) => one.length > 0);
      if (found) return found;
      throw new Error("all lists are empty; expected one that is not");
    },
  }),
  define({
    name: "compact",
    category: "Collections",
    params: [listOf(optional(text("texts")))],
    summary: "The texts of a list that are neither empty nor null.",
    examples: [['compact(["a", "", "b", null, "c"])', '["a", "b", "c"]']],
    call: ([texts]) => texts.filter((one) => one !== undefined && one !== "") as string[],
  }),
  define({
    name: "concat",
    category: "Collections",
    params: [rest(list("lists"))],
    summary: "Several lists one behind the other, as one.",
    examples: [['concat(["echo"], ["hello", "world"])', '["echo", "hello", "world"]']],
    call: ([lists]) => {
      checkSize(lists.reduce((sum, one) => sum + one.length, 0));
      return lists.flat();
    },
  }),
  define({
    name: "distinct",
    category: "Collections",
    params: [list("list")],
    summary: "The items of a list without doubles; the first one of each stays.",
    examples: [['distinct(["a", "b", "a", "c", "b"])', '["a", "b", "c"]']],
    call: ([list]) => {
      const seen = new Distinct();
      return list.filter((item) => seen.add(item));
    },
  }),
  define({
    name: "flatten",
    category: "Collections",
    params: [list("list")],
    summary: "The items of a list and of all lists in it, as one list.",
    examples: [
      ['flatten([["a", "b"], [], ["c"]])', '["a", "b", "c"]'],
      ['flatten([[["a", "b"], []], "c"])', '["a", "b", "c"]'],
    ],
    call: ([list]) => flat(list),
  }),
  define({
    name: "matchkeys",
    category: "Collections",
    params: [list("values"), list("keys"), list("search")],
    summary: "Those values whose keys, which stand at the same places of a second list, are in a third one.",
    examples: [['matchkeys(["i-1", "i-2", "i-3"], ["west", "east", "east"], ["east"])', '["i-2", "i-3"]']],
    call: ([values, keys, search]) => {
      if (values.length !== keys.length) {
        throw new Error(`there are ${values.length} values and ${keys.length} keys; expected equally many`);
      }
      const wanted = new Distinct(search);
      return values.filter((_, i) => wanted.has(keys[i] ?? null));
    },
  }),
  define({
    name: "reverse",
    category: "Collections",
    params: [list("list")],
    summary: "The list backwards.",
    examples: [["reverse([1, 2, 3])", "[3, 2, 1]"]],
    call: ([list]) => list.toReversed(),
  }),
  define({
    name: "sort",
    category: "Collections",
    params: [listOf(text("texts"))],
    summary: "The texts of a list in the order of their characters' numbers.",
    details: "Numbers become texts; `sorted` orders them as numbers.",
    examples: [
      ['sort(["e", "d", "a", "x"])', '["a", "d", "e", "x"]'],
      ["sort([10, 9])", '["10", "9"]'],
    ],
    call: ([texts]) => texts.toSorted(compareText),
  }),
];

/** Functions that find things in lists. */
export const ITEMS = [
  define({
    name: "contains",
    category: "Collections",
    params: [list("list"), any("value")],
    summary: "Whether a value is in a list or a set.",
    examples: [
      ['contains(["a", "b"], "a")', "true"],
      ['contains(["a", "b"], "d")', "false"],
    ],
    call: ([list, value]) => list.some((item) => equal(item, value)),
  }),
  define({
    name: "element",
    category: "Collections",
    params: [list("list"), int("index")],
    summary: "An item of a list; behind the last one it goes on with the first, and before it with the last.",
    examples: [
      ['element(["a", "b", "c"], 1)', '"b"'],
      ['element(["a", "b", "c"], 3)', '"a"'],
      ['element(["a", "b", "c"], -1)', '"c"'],
    ],
    call: ([list, index]) => {
      if (list.length === 0) throw new Error("the list is empty; expected one item at least");
      return list[((index % list.length) + list.length) % list.length] ?? null;
    },
  }),
  define({
    name: "index",
    category: "Collections",
    params: [list("list"), any("value")],
    summary: "Where in a list a value is, counted from 0.",
    examples: [['index(["a", "b", "c"], "b")', "1"]],
    call: ([list, value]) => {
      const found = list.findIndex((item) => equal(item, value));
      if (found >= 0) return found;
      throw new Error("the value is not in the list");
    },
  }),
  define({
    name: "one",
    category: "Collections",
    params: [list("list")],
    summary: "The only item of a list or a set; null when it is empty.",
    examples: [
      ["one([])", "null"],
      ['one(["hello"])', '"hello"'],
    ],
    call: ([list]) => {
      if (list.length > 1) throw new Error(`there are ${list.length} items; expected one or none`);
      return list[0] ?? null;
    },
  }),
];

function chunks(list: FlowList, size: number): FlowList {
  const made: FlowList[] = [];
  for (let at = 0; at < list.length; at += size) made.push(list.slice(at, at + size));
  return made;
}

function flat(list: FlowList): FlowList {
  return list.flatMap((item) => {
    const items = isList(item) ? item : item instanceof Special ? item.items() : undefined;
    return items ? flat(items) : [item as FlowValue];
  });
}
