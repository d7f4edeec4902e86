import type { Position } from "../errors.ts";
import type { Value, Vars } from "./model.ts";

/** A value of the user's that remembers where it stands. */
export interface Located {
  readonly value: Value;
  readonly where: Position | undefined;
  /** What a mapping holds, in file order; undefined for anything that is no mapping. */
  readonly entries: ReadonlyMap<string, Entry> | undefined;
}

/** One key of a mapping with its value. */
export interface Entry {
  /** The key as it was typed: `1001` is a number here, however it is looked up. */
  readonly key: Value;
  readonly where: Position | undefined;
  readonly value: Located;
}

/** Variables by name, each with its place. */
export type Variables = ReadonlyMap<string, Located>;

/** A value that has no parts, or whose parts need no place of their own. */
export function located(value: Value, where: Position | undefined): Located {
  return { value, where, entries: undefined };
}

/** A mapping, made of its entries. */
export function locatedMapping(entries: ReadonlyMap<string, Entry>, where: Position | undefined): Located {
  const pairs = [...entries].map(([name, entry]) => [name, entry.value.value] as const);
  return { value: Object.freeze(Object.fromEntries(pairs)), where, entries };
}

/** Variables that come from no file, such as those of a host that no inventory names. */
export function variablesOf(vars: Vars): Variables {
  return new Map(Object.entries(vars).map(([name, value]) => [name, locatedTree(value)]));
}

/** Variables without their places, frozen. */
export function plainVars(variables: Variables): Vars {
  return Object.freeze(Object.fromEntries([...variables].map(([name, { value }]) => [name, value])));
}

/** A value for a message: what kind it is and, where that is short, what it says. */
export function describe(value: Value): string {
  if (value === null) return "empty";
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value !== "object") return `the ${typeof value} ${value}`;
  return Array.isArray(value) ? "a list" : "a mapping";
}

/** A value that comes from no file. */
export function locatedTree(value: Value): Located {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return located(value, undefined);
  const entries = Object.entries(value).map(([key, part]) => [key, entryOf(key, part)] as const);
  return locatedMapping(new Map(entries), undefined);
}

function entryOf(key: string, value: Value): Entry {
  return { key, where: undefined, value: locatedTree(value) };
}
