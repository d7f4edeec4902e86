import { type FlowList, type FlowValue, isObject, kindOf, objectOf, Special } from "../../value.ts";
import { DateTime } from "../kinds/date-time.ts";
import { compareText } from "../kinds/order.ts";

/** JSON without spaces, keys in their order, and `<`, `>` and `&` escaped, as Terraform writes it. */
export function compactJson(value: FlowValue): string {
  return JSON.stringify(sortedKeys(asJson(value))).replaceAll(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/**
 * What JSON can hold of a value: sets as lists, dates as their texts.
 *
 * @throws Error naming the kind of value for which there is no JSON
 */
export function asJson(value: FlowValue): FlowValue {
  if (Array.isArray(value)) return (value as FlowList).map(asJson);
  if (isObject(value))
    return objectOf(Object.entries(value).map(([key, item]) => [key, asJson(item)] as const));
  if (value instanceof DateTime) return value.iso("T");
  const items = value instanceof Special && value.type === "set" ? value.items() : undefined;
  if (items) return items.map(asJson);
  if (value instanceof Special) throw new Error(`there is no JSON for ${kindOf(value)}`);
  return value;
}

function sortedKeys(value: FlowValue): FlowValue {
  if (Array.isArray(value)) return (value as FlowList).map(sortedKeys);
  if (!isObject(value)) return value;
  const keys = Object.keys(value).toSorted(compareText);
  return objectOf(keys.map((key) => [key, sortedKeys(value[key] ?? null)] as const));
}
