import { type Reference, referencesOf } from "../evaluate/references.ts";
import type { Node } from "../flow.ts";
import type { Expression } from "../syntax/ast.ts";
import type { Frame } from "./frame.ts";

/** The secrets that expressions read, through other variables and the arguments of other tasks as well. */
export function secretsIn(frame: Frame, expressions: Iterable<Expression>): readonly string[] {
  if ([...frame.variables.values()].every(({ secrets }) => secrets().length === 0)) return [];
  const found = new Set<string>();
  const seen = new Set<Expression>();
  const open = [...expressions];
  for (let next = open.pop(); next; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    for (const reference of referencesOf(next)) {
      for (const name of variablesIn(frame, reference))
        for (const secret of frame.variables.get(name)?.secrets() ?? []) found.add(secret);
      open.push(...argumentsIn(frame, reference));
    }
  }
  return [...found];
}

/** The expressions of a node that are worked out when its step is due. */
export function expressionsOf({ args, own }: Node): readonly Expression[] {
  return [
    ...[...args.values()].map(({ value }) => value),
    ...own.conditions,
    ...(own.when ? [own.when.value] : []),
  ];
}

function variablesIn(frame: Frame, { path: [root, name] }: Reference): Iterable<string> {
  if (root !== "var") return [];
  return name === undefined ? frame.variables.keys() : [name];
}

/** What another task was given, where that is read of it. */
function argumentsIn(
  frame: Frame,
  { path: [root, type, name, attribute] }: Reference,
): readonly Expression[] {
  const node = root === "task" ? frame.flow.nodes.get(`task.${type}.${name}`) : undefined;
  if (!node) return [];
  const args = attribute === undefined ? [...node.args.values()] : [node.args.get(attribute)];
  return args.flatMap((arg) => (arg ? [arg.value] : []));
}
