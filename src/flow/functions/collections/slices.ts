import { described } from "../../evaluate/convert.ts";
import { type FlowValue, isList, Special } from "../../value.ts";
import { ArgumentError } from "../argument-error.ts";
import { define } from "../define.ts";
import { Slice } from "../kinds/slice.ts";
import { checkSize } from "../limits.ts";
import { any, int, optional } from "../params.ts";

/** Functions about places in lists. */
export const SLICES = [
  define({
    name: "range",
    category: "Collections",
    params: [int("start"), optional(int("stop")), optional(int("step"))],
    summary:
      "The whole numbers from one on, up to but without another one, in steps; with one argument from 0.",
    details: "Python's, as a list: without a step it never counts down, where Terraform's would.",
    examples: [
      ["range(3)", "[0, 1, 2]"],
      ["range(1, 4)", "[1, 2, 3]"],
      ["range(4, 1, -1)", "[4, 3, 2]"],
      ["range(4, 1)", "[]"],
    ],
    call: ([first, second, step = 1]) => {
      const [start, stop] = second === undefined ? [0, first] : [first, second];
      if (step === 0) throw new ArgumentError("step", "is 0; expected another number");
      const length = Math.max(0, Math.ceil((stop - start) / step));
      checkSize(length);
      return Array.from({ length }, (_, i) => start + i * step);
    },
  }),
  define({
    name: "slice",
    category: "Collections",
    params: [any("list"), optional(any("start")), optional(any("end"))],
    summary: "The items of a list from one place up to, but without, another one.",
    details:
      "Terraform's, when the first argument is a list. With numbers or null alone it is Python's slice of start, stop and step, for `call(list, \"__getitem__\", [slice(0, 4, 2)])`.",
    examples: [
      ['slice(["a", "b", "c", "d"], 1, 3)', '["b", "c"]'],
      ['call(["a", "b", "c", "d"], "__getitem__", [slice(null, null, 2)])', '["a", "c"]'],
    ],
    call: ([list, start, end]) => {
      const items = isList(list) ? list : list instanceof Special ? list.items() : undefined;
      if (!items) return pythonSlice(list, start, end);
      const from = placeIn(items.length, "start", start);
      const to = placeIn(items.length, "end", end);
      if (from > to)
        throw new ArgumentError("end", `is ${to}; expected no less than the start, which is ${from}`);
      return items.slice(from, to);
    },
  }),
];

function placeIn(length: number, name: string, value: FlowValue | undefined): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= length) return value;
  const what = value === undefined ? "is missing" : `is ${described(value)}`;
  throw new ArgumentError(
    name,
    `${what}; expected a whole number from 0 to ${length}, the length of the list`,
  );
}

function pythonSlice(first: FlowValue, second: FlowValue | undefined, third: FlowValue | undefined): Slice {
  const [start, stop, step] = [first, second, third].map((value) => whole(value ?? null));
  if (second === undefined) return new Slice(undefined, start);
  return new Slice(start, stop, step);
}

function whole(value: FlowValue): number | undefined {
  if (value === null) return undefined;
  if (typeof value === "number" && Number.isInteger(value)) return value;
  throw new Error(
    `${described(value)} is neither a list nor a place; expected a list and two places, or whole numbers`,
  );
}
