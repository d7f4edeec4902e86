import { type FlowList, type FlowValue, isList, kindOf } from "../../value.ts";
import { DateTime } from "./date-time.ts";

/**
 * Which of two values comes first, as in Python: numbers by size, texts by their characters' numbers, lists by the first
 * item that differs, dates by time.
 *
 * @throws Error for values of different kinds, and of kinds that have no order
 */
export function compare(a: FlowValue, b: FlowValue): number {
  const order = orderOf(a, b);
  if (order === undefined) {
    throw new Error(
      `cannot order ${kindOf(a)} and ${kindOf(b)}; expected numbers, texts, lists or dates alone`,
    );
  }
  return order;
}

function orderOf(a: FlowValue, b: FlowValue): number | undefined {
  if (typeof a === "string" && typeof b === "string") return compareText(a, b);
  const [x, y] = [numberOf(a), numberOf(b)];
  if (x !== undefined && y !== undefined) return x - y;
  if (isList(a) && isList(b)) return compareLists(a, b);
  return a instanceof DateTime && b instanceof DateTime ? a.compare(b) : undefined;
}

function numberOf(value: FlowValue): number | undefined {
  return typeof value === "number" || typeof value === "boolean" ? Number(value) : undefined;
}

function compareLists(a: FlowList, b: FlowList): number {
  for (const [i, item] of a.slice(0, b.length).entries()) {
    const order = compare(item, b[i] ?? null);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** By the numbers of the characters, where UTF-16 units would put 😀 before ﬁ. */
export function compareText(a: string, b: string): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

/** Surrogates stand for characters above all others. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
