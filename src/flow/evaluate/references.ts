import type { Call, Expression } from "../syntax/ast.ts";
import type { Span } from "../syntax/source.ts";

/** A use of a name from outside of an expression, and the steps behind it as far as they are written out. */
export interface Reference {
  /** `task`, `bash_run`, `build`, `stdout`; an index by a constant is its text. */
  readonly path: readonly string[];
  /** From the name to the last of those steps. */
  readonly span: Span;
}

/** Every name from outside that an expression uses, in any of its parts, worked out or not; in the order they stand. */
export function referencesOf(expression: Expression): readonly Reference[] {
  const found: Reference[] = [];
  visit(expression, new Set(), found);
  return found;
}

/** Every call in an expression, worked out or not. */
export function callsIn(expression: Expression): readonly Call[] {
  const isLoop = expression.kind === "for" || expression.kind === "for directive";
  const parts = isLoop ? [expression.collection, ...loopParts(expression)] : partsOf(expression);
  const inner = parts.flatMap(callsIn);
  return expression.kind === "call" ? [expression, ...inner] : inner;
}

/** @param bound the names that loops around here have made */
function visit(node: Expression, bound: ReadonlySet<string>, found: Reference[]): void {
  const path = pathOf(node);
  if (path) {
    if (!bound.has(path[0] ?? "")) found.push({ path, span: node });
    return;
  }
  if (node.kind === "for" || node.kind === "for directive") {
    visit(node.collection, bound, found);
    const inner = new Set([...bound, node.valueName, ...(node.keyName === undefined ? [] : [node.keyName])]);
    for (const part of loopParts(node)) visit(part, inner, found);
  } else for (const part of partsOf(node)) visit(part, bound, found);
}

/** `a.b["c"].0` as texts; undefined when it is anything else. */
function pathOf(node: Expression): readonly string[] | undefined {
  if (node.kind === "name") return [node.name];
  if (node.kind !== "access" && node.kind !== "index") return undefined;
  const step = node.kind === "access" ? node.name : constantKey(node.key);
  const path = step === undefined ? undefined : pathOf(node.target);
  return path && [...path, step ?? ""];
}

function constantKey(key: Expression): string | undefined {
  if (key.kind === "literal") return String(key.value);
  const [only, second] = key.kind === "template" ? key.parts : [];
  return only?.kind === "literal" && !second ? String(only.value) : undefined;
}

function loopParts(node: Extract<Expression, { kind: "for" | "for directive" }>): readonly Expression[] {
  if (node.kind === "for directive") return [node.body];
  return [node.key, node.value, node.condition].filter((part) => part !== undefined);
}

function partsOf(node: Expression): readonly Expression[] {
  switch (node.kind) {
    case "template":
      return node.parts;
    case "wrap":
    case "brackets":
      return [node.inner];
    case "access":
      return [node.target];
    case "index":
      return [node.target, node.key];
    case "splat":
      return [node.list, node.each];
    case "call":
      return node.args;
    case "unary":
      return [node.operand];
    case "binary":
      return [node.left, node.right];
    case "conditional":
      return [node.condition, node.then, node.otherwise];
    case "list":
      return node.items;
    case "object":
      // A bare name as a key is its text.
      return node.entries.flatMap(({ key, value }) => (key.kind === "name" ? [value] : [key, value]));
    case "if directive":
      return [node.condition, node.then, ...(node.otherwise ? [node.otherwise] : [])];
    default:
      return [];
  }
}
