import { messageOf } from "../errors.ts";
import { problemAt } from "./syntax/problem.ts";
import type { Span } from "./syntax/source.ts";
import { type FlowValue, isList, kindOf, objectOf, Special, Unknown } from "./value.ts";

/**
 * A known value as modules take it: JSON's kinds, with plain objects. Sets become lists, dates texts.
 *
 * @param span where it is written, for messages
 * @throws RcmError for what has no such form
 */
export function plainOf(value: FlowValue, span: Span): unknown {
  try {
    return jsonOf(value);
  } catch (error) {
    throw problemAt(span, messageOf(error));
  }
}

/** The same, for a value that is written nowhere. */
export function jsonOf(value: FlowValue): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (isList(value)) return value.map(jsonOf);
  if (value instanceof Unknown) throw new Error("This is not known yet");
  if (!(value instanceof Special))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, jsonOf(item)]));
  const form = value.items()?.map(jsonOf) ?? value.text();
  if (form !== undefined) return form;
  throw new Error(`This is ${kindOf(value)}, which no argument can take`);
}

/** A value of this side as an expression sees it. What is neither data nor text is null. */
export function flowValueOf(value: unknown): FlowValue {
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object" || value === null) return null;
  if (Array.isArray(value)) return Object.freeze(value.map(flowValueOf));
  if (value instanceof Date) return value.toISOString();
  return objectOf(Object.entries(value).map(([key, item]) => [key, flowValueOf(item)] as const));
}

/** An object whose attributes are worked out when they are asked for. */
export function lazyObject(attributes: Iterable<readonly [string, () => FlowValue]>): FlowValue {
  const made = Object.create(null) as Record<string, FlowValue>;
  for (const [name, get] of attributes) Object.defineProperty(made, name, { enumerable: true, get });
  return Object.freeze(made);
}
