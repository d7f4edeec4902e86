import { asText, described, numberIn } from "../evaluate/convert.ts";
import { type FlowList, type FlowObject, type FlowValue, isList, isObject, Special } from "../value.ts";
import { type Param, Refusal } from "./define.ts";

/** Text; numbers, bools and what else has a text convert. */
export function text(name: string): Param<string> {
  return param(name, "text", asText);
}

/** One of some words. */
export function word<const W extends string>(name: string, words: readonly W[]): Param<W> {
  const takes = words.map((one) => `"${one}"`).join(" or ");
  return param(name, takes, (value) => words.find((one) => one === value));
}

/** A number; text that is one converts. */
export function number(name: string): Param<number> {
  return param(name, "a number", numberOf);
}

/** A number, or a bool as 1 or 0, as Python takes them. */
export function numeric(name: string): Param<number> {
  return param(name, "a number", (value) => (typeof value === "boolean" ? Number(value) : numberOf(value)));
}

/** The limits of a whole number, both included. */
interface Limits {
  readonly min?: number;
  readonly max?: number;
}

/** A whole number. */
export function int(
  name: string,
  { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY }: Limits = {},
): Param<number> {
  return param(name, `a whole number${limitsText(min, max)}`, (value) => {
    const number = numberOf(value);
    return Number.isInteger(number) && Number(number) >= min && Number(number) <= max ? number : undefined;
  });
}

function limitsText(min: number, max: number): string {
  return `${Number.isFinite(min) ? ` from ${min}` : ""}${Number.isFinite(max) ? ` to ${max}` : ""}`;
}

/** `true` or `false`; these words as text convert. */
export function bool(name: string): Param<boolean> {
  return param(name, "true or false", (value) => {
    if (typeof value === "boolean") return value;
    return value === "true" ? true : value === "false" ? false : undefined;
  });
}

/** Whatever it is. */
export function any(name: string): Param<FlowValue> {
  return { name, takes: "any value", read: (value) => value };
}

/** The items of a list or a set. */
export function list(name: string): Param<FlowList> {
  return param(name, "a list or a set", itemsOf);
}

/** The items of a list or a set, each read as a parameter of its own. */
export function listOf<T>(inner: Param<T>): Param<readonly T[]> {
  return {
    name: inner.name,
    takes: `a list or a set; each item ${inner.takes}`,
    read: (value) =>
      list(inner.name)
        .read(value)
        .map((item, i) => readItem(inner, item, i)),
  };
}

/** An object or map. */
export function object(name: string): Param<FlowObject> {
  return param(name, "an object", (value) => (isObject(value) ? value : undefined));
}

/** What Python goes through: the items of a list or a set, the keys of an object, the characters of a text. */
export function iterable(name: string): Param<FlowList> {
  return param(name, "a list, a set, an object or text", iterated);
}

/** The items that Python sees in a value; undefined when there are none to see. */
export function iterated(value: FlowValue): FlowList | undefined {
  if (typeof value === "string") return [...value];
  return isObject(value) ? Object.keys(value) : itemsOf(value);
}

/** The same, but it may be left out; null means the same where null is no value for it. */
export function optional<T>(inner: Param<T>): Param<T | undefined> {
  const takesNull = inner.takes === "any value";
  return {
    ...inner,
    optional: true,
    read: (value) => (value === null && !takesNull ? undefined : inner.read(value)),
  };
}

/** The same, but it can only be given by name. */
export function named<T>(inner: Param<T>): Param<T | undefined> {
  return { ...optional(inner), named: true };
}

/** The same, for all further arguments. */
export function rest<T>(inner: Param<T>): Param<readonly T[]> {
  return { ...inner, rest: true } as unknown as Param<readonly T[]>;
}

/** All further named arguments. */
export function others(name: string): Param<FlowObject> {
  return { ...object(name), named: true, rest: true };
}

/** A parameter of a kind of its own: `convert` gives undefined for what it does not take. */
export function param<T>(
  name: string,
  takes: string,
  convert: (value: FlowValue) => T | undefined,
): Param<T> {
  return {
    name,
    takes,
    read: (value) => {
      const converted = convert(value);
      if (converted === undefined) throw new Refusal(`is ${described(value)}; expected ${takes}`);
      return converted;
    },
  };
}

function readItem<T>(inner: Param<T>, item: FlowValue, index: number): T {
  try {
    return inner.read(item);
  } catch (error) {
    if (error instanceof Refusal) throw new Refusal(`does not fit: item ${index} ${error.message}`);
    throw error;
  }
}

function numberOf(value: FlowValue): number | undefined {
  return typeof value === "string" ? numberIn(value) : typeof value === "number" ? value : undefined;
}

function itemsOf(value: FlowValue): FlowList | undefined {
  return isList(value) ? value : value instanceof Special ? value.items() : undefined;
}
