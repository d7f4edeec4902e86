import type { Splat } from "../syntax/ast.ts";
import { type FlowList, type FlowValue, isList, Special, Unknown } from "../value.ts";
import type { Evaluation } from "./evaluation.ts";
import type { Scope } from "./scope.ts";

/** `list[*]…`: of null nothing, and of what is no list the one item that it is. */
export function splat(run: Evaluation, { list, each }: Splat, scope: Scope): FlowValue {
  const value = run.value(list, scope);
  if (value instanceof Unknown) return value;
  const items = itemsOf(value);
  return Object.freeze(items.map((item) => run.withItem(item, () => run.value(each, scope))));
}

function itemsOf(value: FlowValue): FlowList {
  if (value === null) return [];
  if (isList(value)) return value;
  return (value instanceof Special ? value.items() : undefined) ?? [value];
}
