import type { Expression, For } from "../syntax/ast.ts";
import { problemAt } from "../syntax/problem.ts";
import { type FlowValue, objectOf, Unknown, unknownIn } from "../value.ts";
import { wanted } from "./convert.ts";
import type { Evaluation } from "./evaluation.ts";
import { itemsOf, turnOf } from "./items.ts";
import type { Scope } from "./scope.ts";

/** `[for …]` and `{for …}`. What goes in or under which key must be known, or the whole is not. */
export function makeFor(run: Evaluation, node: For, scope: Scope): FlowValue {
  const collection = run.value(node.collection, scope);
  if (collection instanceof Unknown) return collection;
  const turns = keptTurns(run, node, collection, scope);
  if (turns instanceof Unknown) return turns;
  return node.key ? makeObject(run, node, node.key, turns) : makeList(run, node, turns);
}

function keptTurns(
  run: Evaluation,
  node: For,
  collection: FlowValue,
  scope: Scope,
): readonly Scope[] | Unknown {
  const turns = itemsOf(collection, node.collection).map((item) => turnOf(node, item, scope));
  run.checkSize(turns.length, node);
  const { condition } = node;
  if (!condition) return turns;
  const verdicts = turns.map((turn) => run.value(condition, turn));
  const unknowns = verdicts.filter((verdict) => verdict instanceof Unknown);
  const unknown = unknownIn(...unknowns);
  if (unknown) return unknown;
  return turns.filter((_, i) => wanted.bool(verdicts[i] ?? null, condition, 'The condition behind "if"'));
}

function makeList(run: Evaluation, node: For, turns: readonly Scope[]): FlowValue {
  return Object.freeze(turns.map((turn) => run.value(node.value, turn)));
}

function makeObject(run: Evaluation, node: For, key: Expression, turns: readonly Scope[]): FlowValue {
  const groups = new Map<string, FlowValue[]>();
  const unknowns: Unknown[] = [];
  for (const turn of turns) {
    const name = run.value(key, turn);
    const value = run.value(node.value, turn);
    if (name instanceof Unknown) unknowns.push(name);
    else add(groups, wanted.text(name, key, "The key"), value, node);
  }
  const unknown = unknownIn(...unknowns);
  if (unknown) return unknown;
  return objectOf(
    Array.from(groups, ([name, values]) => [name, node.group ? Object.freeze(values) : (values[0] ?? null)]),
  );
}

function add(groups: Map<string, FlowValue[]>, name: string, value: FlowValue, node: For): void {
  const group = groups.get(name);
  if (!group) groups.set(name, [value]);
  else if (node.group) group.push(value);
  else {
    throw problemAt(
      node.key ?? node,
      `The key ${JSON.stringify(name)} comes up twice; expected each key once`,
      'With "..." behind the value, values of the same key are put into a list',
    );
  }
}
