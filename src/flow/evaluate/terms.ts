import { didYouMean } from "../../util/nearest.ts";
import type { Expression, ListOf, Name, ObjectOf } from "../syntax/ast.ts";
import { problemAt } from "../syntax/problem.ts";
import { type FlowValue, objectOf, Unknown } from "../value.ts";
import { quoted, wanted } from "./convert.ts";
import type { Evaluation } from "./evaluation.ts";
import type { Scope } from "./scope.ts";

/** The value of a name. */
export function name(node: Name, scope: Scope): FlowValue {
  const value = scope.lookup(node.name);
  if (value !== undefined) return value;
  throw problemAt(node, `Nothing is named "${node.name}" here${didYouMean(node.name, scope.names())}`);
}

/** `[a, b]`. */
export function list(run: Evaluation, { items }: ListOf, scope: Scope): FlowValue {
  return Object.freeze(items.map((item) => run.value(item, scope)));
}

/** `{a = b}`; of two equal keys the last one counts, as in HCL. */
export function object(run: Evaluation, { entries }: ObjectOf, scope: Scope): FlowValue {
  const unknown = new Set<string>();
  let keysKnown = true;
  const made = entries.map(({ key, value }) => {
    const known = keyOf(run, key, scope);
    if (known instanceof Unknown) {
      keysKnown = false;
      for (const reference of known.references) unknown.add(reference);
    }
    return [known, run.value(value, scope)] as const;
  });
  if (!keysKnown) return new Unknown(unknown);
  return objectOf(made.map(([key, value]) => [String(key), value] as const));
}

function keyOf(run: Evaluation, key: Expression, scope: Scope): string | Unknown {
  if (key.kind === "name") return key.name;
  if (key.kind === "access") {
    throw problemAt(
      key,
      `The key ${quoted(key)} can be meant in two ways; expected a name, a string, or an expression in brackets`,
      "As a reference it stands in brackets, as text in quotes",
    );
  }
  const value = run.value(key, scope);
  return value instanceof Unknown ? value : wanted.text(value, key, "The key");
}
