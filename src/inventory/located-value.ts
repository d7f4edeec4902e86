import type { Findings } from "./findings.ts";
import { type Located, located, locatedTree } from "./located.ts";
import type { Value } from "./model.ts";

/** What a program gave in place of a file, copied; what YAML could not hold is a problem. Undefined entries are left out. */
export function locatedValue(given: unknown, findings: Findings): Located {
  const value = dataOf(given, "the inventory", findings);
  return value === undefined ? located(null, undefined) : locatedTree(value);
}

function dataOf(given: unknown, path: string, findings: Findings): Value | undefined {
  if (given === undefined || given === null || typeof given === "string" || typeof given === "boolean")
    return given;
  if (typeof given === "number" && Number.isFinite(given)) return given;
  if (Array.isArray(given))
    return Object.freeze(given.map((item, i) => dataOf(item, `${path}[${i}]`, findings) ?? null));
  if (isPlain(given)) {
    const entries = Object.entries(given).map(
      ([key, item]) => [key, dataOf(item, `${path}.${key}`, findings)] as const,
    );
    return Object.fromEntries(entries.filter((entry): entry is [string, Value] => entry[1] !== undefined));
  }
  findings.fail(`${path} is ${kindOf(given)}; wanted text, a number, true, false, null, a list or an object`);
  return undefined;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  const prototype: unknown = typeof value === "object" && value !== null && Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function kindOf(value: unknown): string {
  if (typeof value === "function") return "a function";
  return typeof value === "object"
    ? `of the class ${value?.constructor?.name}`
    : `the ${typeof value} ${String(value)}`;
}
