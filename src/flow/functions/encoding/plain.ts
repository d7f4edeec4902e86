import { type FlowValue, objectOf } from "../../value.ts";
import { exact, finite } from "../numbers/exact.ts";

/** More levels than that are refused: what goes through a value calls itself for each. */
const DEEPEST = 500;

/**
 * A value of JSON or YAML as one of the language.
 *
 * @throws Error for a number that cannot be held, and for what JSON does not know
 */
export function fromPlain(plain: unknown, level = 0): FlowValue {
  if (level > DEEPEST) throw new Error(`the value has more than ${DEEPEST} levels, which is not allowed`);
  if (plain === null || typeof plain === "boolean" || typeof plain === "string") return plain;
  if (typeof plain === "number") return held(plain);
  if (typeof plain === "bigint") return exact(plain);
  if (Array.isArray(plain)) return Object.freeze(plain.map((item) => fromPlain(item, level + 1)));
  if (typeof plain === "object") {
    return objectOf(Object.entries(plain).map(([key, value]) => [key, fromPlain(value, level + 1)] as const));
  }
  throw new Error(`there is no value for a ${typeof plain}`);
}

function held(number: number): number {
  if (Number.isInteger(number) && !Number.isSafeInteger(number)) {
    throw new Error(`the number ${number} is too large to be held exactly`);
  }
  return finite(number);
}
