import { equal } from "../../evaluate/equal.ts";
import type { FlowList, FlowObject, FlowValue } from "../../value.ts";
import { isoWeek, weekday } from "../dates/calendar.ts";
import { strftime } from "../dates/strftime.ts";
import { fromPlain } from "../encoding/plain.ts";
import type { Bytes } from "../kinds/bytes.ts";
import { DateTime } from "../kinds/date-time.ts";
import { FlowSet } from "../kinds/set.ts";
import { Slice } from "../kinds/slice.ts";
import { any, int, iterable, optional, param, rest, text, word } from "../params.ts";
import { decode } from "../types/charsets.ts";
import { type Method, method } from "./method.ts";

type Methods<S> = Readonly<Record<string, Method<S>>>;

/** Methods of Python's list that change nothing. */
export const LIST_METHODS: Methods<FlowList> = {
  __getitem__: method(
    [
      param("key", "a whole number or a slice", (key) =>
        key instanceof Slice || Number.isInteger(key) ? key : undefined,
      ),
    ],
    (self, [key]) => (key instanceof Slice ? key.of(self) : itemAt(self, Number(key))),
  ),
  copy: method([], (self) => self),
  count: method([any("value")], (self, [value]) => self.filter((item) => equal(item, value)).length),
  index: method([any("value")], (self, [value]) => {
    const found = self.findIndex((item) => equal(item, value));
    if (found >= 0) return found;
    throw new Error("the value is not in the list");
  }),
};

/** Methods of Python's dict that change nothing; `json` is that of a response with a text. */
export const OBJECT_METHODS: Methods<FlowObject> = {
  copy: method([], (self) => self),
  get: method([text("key"), optional(any("default"))], (self, [key, fallback = null]) =>
    Object.hasOwn(self, key) ? (self[key] ?? null) : fallback,
  ),
  items: method([], (self) => Object.entries(self).map(([key, value]) => [key, value])),
  json: method([], (self) => {
    if (typeof self.text !== "string") throw new Error('only a response, which has a "text", has JSON');
    return fromPlain(parsed(self.text));
  }),
  keys: method([], (self) => Object.keys(self)),
  values: method([], (self) => Object.values(self)),
};

/** Methods of Python's set that change nothing. */
export const SET_METHODS: Methods<FlowSet> = {
  copy: method([], (self) => self),
  difference: method([rest(iterable("others"))], (self, [others]) => {
    const less = new FlowSet(others.flat());
    return new FlowSet(self.items().filter((value) => !less.has(value)));
  }),
  intersection: method([rest(iterable("others"))], (self, [others]) => {
    const sets = others.map((one) => new FlowSet(one));
    return new FlowSet(self.items().filter((value) => sets.every((set) => set.has(value))));
  }),
  isdisjoint: method([iterable("other")], (self, [other]) => !other.some((value) => self.has(value))),
  issubset: method([iterable("other")], (self, [other]) => {
    const set = new FlowSet(other);
    return self.items().every((value) => set.has(value));
  }),
  issuperset: method([iterable("other")], (self, [other]) => other.every((value) => self.has(value))),
  symmetric_difference: method([iterable("other")], (self, [other]) => {
    const set = new FlowSet(other);
    const mine = self.items().filter((value) => !set.has(value));
    return new FlowSet([...mine, ...set.items().filter((value) => !self.has(value))]);
  }),
  union: method(
    [rest(iterable("others"))],
    (self, [others]) => new FlowSet([...self.items(), ...others.flat()]),
  ),
};

/** Methods of Python's bytes. */
export const BYTES_METHODS: Methods<Bytes> = {
  decode: method(
    [optional(text("encoding")), optional(word("errors", ["strict", "ignore", "replace"]))],
    (self, [encoding = "utf-8", errors]) => decode(self.data, encoding, errors),
  ),
  hex: method([], (self) => self.data.toString("hex")),
};

const PART_NAMES = ["year", "month", "day", "hour", "minute", "second", "microsecond"] as const;

/** Methods of Python's datetime. */
export const DATE_METHODS: Methods<DateTime> = {
  ctime: method([], (self) => strftime(self, "%c")),
  isocalendar: method([], ({ wall }) => {
    const { year, week } = isoWeek(wall);
    return [year, week, weekday(wall) || 7];
  }),
  isoformat: method([optional(text("sep"))], (self, [separator = "T"]) => self.iso(separator)),
  isoweekday: method([], ({ wall }) => weekday(wall) || 7),
  replace: method(
    PART_NAMES.map((name) => optional(int(name))),
    (self, parts) => {
      const given = Object.fromEntries(PART_NAMES.map((name, i) => [name, parts[i] ?? self.wall[name]]));
      return new DateTime(given as unknown as DateTime["wall"], self.offset);
    },
  ),
  strftime: method([text("format")], (self, [format]) => strftime(self, format)),
  timestamp: method([], (self) => {
    if (self.offset === undefined) throw new Error("the date has no offset from UTC, and so no time stamp");
    return self.time / 1000 + self.wall.microsecond / 1e6;
  }),
  weekday: method([], ({ wall }) => (weekday(wall) + 6) % 7),
};

/** Methods of Python's int and float. */
export const NUMBER_METHODS: Methods<number> = {
  bit_length: method([], (self) => (self === 0 ? 0 : BigInt(Math.abs(Math.trunc(self))).toString(2).length)),
  is_integer: method([], (self) => Number.isInteger(self)),
};

function itemAt(list: FlowList, index: number): FlowValue {
  const item = list.at(index);
  if (item !== undefined) return item;
  throw new Error(`the list has ${list.length} items; there is no item ${index}`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`the text of the response is no JSON: ${(error as Error).message}`);
  }
}
