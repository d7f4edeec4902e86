import { problemAt } from "../syntax/problem.ts";
import type { Span } from "../syntax/source.ts";
import { type FlowValue, isList, isObject, kindOf, Special } from "../value.ts";
import { quoted } from "./convert.ts";
import type { Scope } from "./scope.ts";

type Item = readonly [key: FlowValue, value: FlowValue];

/** What a loop over a value goes through: indexes of a list, sorted keys of an object, each item of a set twice. */
export function itemsOf(value: FlowValue, span: Span): readonly Item[] {
  if (isList(value)) return value.map((item, index) => [index, item]);
  if (isObject(value)) {
    return Object.keys(value)
      .sort()
      .map((key) => [key, value[key] ?? null]);
  }
  const items = value instanceof Special ? value.items() : undefined;
  if (items) return items.map((item) => [item, item]);
  throw problemAt(
    span,
    `${quoted(span)} is ${kindOf(value)}; expected a list, an object or a set to go through`,
  );
}

/** The scope of one turn of a loop. */
export function turnOf(
  loop: { readonly keyName: string | undefined; readonly valueName: string },
  [key, value]: Item,
  scope: Scope,
): Scope {
  const names: [string, FlowValue][] = [[loop.valueName, value]];
  if (loop.keyName !== undefined) names.unshift([loop.keyName, key]);
  return scope.with(names);
}
