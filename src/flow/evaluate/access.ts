import { didYouMean } from "../../util/nearest.ts";
import type { Access, Index } from "../syntax/ast.ts";
import { problemAt } from "../syntax/problem.ts";
import type { Span } from "../syntax/source.ts";
import {
  type FlowList,
  type FlowValue,
  isList,
  isObject,
  kindOf,
  Special,
  Unknown,
  unknownIn,
} from "../value.ts";
import { asText, described, numberIn, quoted } from "./convert.ts";

/** `target.name`. */
export function access({ name, target, source, end }: Access, value: FlowValue): FlowValue {
  const place = { source, start: end - name.length, end };
  if (value instanceof Unknown) return value;
  if (isObject(value)) return attribute(value, name, place, target);
  const own = value instanceof Special ? value.attribute(name) : undefined;
  if (own !== undefined) return own;
  const hint = isList(value) ? `Of every item it is ${quoted(target).slice(1, -1)}[*].${name}` : undefined;
  throw problemAt(place, `${quoted(target)} is ${kindOf(value)}, which has no attribute "${name}"`, hint);
}

function attribute(
  object: { readonly [key: string]: FlowValue },
  name: string,
  place: Span,
  target: Span,
): FlowValue {
  const value = Object.hasOwn(object, name) ? object[name] : undefined;
  if (value !== undefined) return value;
  throw problemAt(
    place,
    `${quoted(target)} has no attribute "${name}"${didYouMean(name, Object.keys(object))}`,
  );
}

/** `target[key]`. */
export function index({ target, key }: Index, value: FlowValue, at: FlowValue): FlowValue {
  if (value instanceof Unknown || at instanceof Unknown) {
    return unknownIn(value instanceof Unknown ? value : null, at) ?? null;
  }
  const items = value instanceof Special ? value.items() : isList(value) ? value : undefined;
  if (items) return itemAt(items, at, key, target);
  if (!isObject(value)) throw problemAt(key, `${quoted(target)} is ${kindOf(value)}, which has no items`);
  const name = asText(at);
  if (name === undefined) throw problemAt(key, `The key is ${described(at)}; expected text`);
  return attribute(value, name, key, target);
}

function itemAt(items: FlowList, at: FlowValue, key: Span, target: Span): FlowValue {
  const index = typeof at === "string" ? numberIn(at) : at;
  if (typeof index !== "number" || !Number.isInteger(index) || index < 0) {
    throw problemAt(key, `The index is ${described(at)}; expected a whole number from 0`);
  }
  const item = items[index];
  if (item !== undefined) return item;
  throw problemAt(
    key,
    `${quoted(target)} has ${items.length} items, counted from 0; there is no item ${index}`,
  );
}
