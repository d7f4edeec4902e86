import type { Body, Expression } from "../../../src/flow/syntax/ast.ts";
import { textOf } from "../../../src/flow/syntax/source.ts";
import type { Tree } from "./oracle.ts";

const OPERATORS: Readonly<Record<string, string>> = {
  "||": "logicalOr",
  "&&": "logicalAnd",
  "==": "equal",
  "!=": "notEqual",
  ">": "greaterThan",
  ">=": "greaterThanOrEqual",
  "<": "lessThan",
  "<=": "lessThanOrEqual",
  "+": "add",
  "-": "subtract",
  "*": "multiply",
  "/": "divide",
  "%": "modulo",
};

/** rcm's tree in the oracle's form. */
export function ownTree(node: Expression): Tree {
  switch (node.kind) {
    case "literal":
      return typeof node.value === "string" ? ["text"] : ["constant", JSON.stringify(node.value)];
    case "template":
      return ["template", ...node.parts.map(ownTree)];
    case "wrap":
      return ["templateWrap", ownTree(node.inner)];
    case "name":
      return ["name", node.name];
    case "access":
      return ["access", ownTree(node.target), node.name];
    case "index":
      return ["index", ownTree(node.target), isConstant(node.key) ? ["constant key"] : ownTree(node.key)];
    case "splat":
      return ["splat", ownTree(node.list), ownTree(node.each)];
    case "item":
      return ["item or key"];
    case "call":
      return ["call", node.name, node.expand, ...node.args.map(ownTree)];
    case "unary":
      return ["unaryOp", node.operator === "-" ? "negate" : "logicalNot", ownTree(node.operand)];
    case "binary":
      return ["binaryOp", OPERATORS[node.operator], ownTree(node.left), ownTree(node.right)];
    case "conditional":
      return ["conditional", ...[node.condition, node.then, node.otherwise].map(ownTree)];
    case "brackets":
      return ["brackets or key", ownTree(node.inner)];
    case "list":
      return ["tuple", ...node.items.map(ownTree)];
    case "object":
      return ["object", ...node.entries.flatMap(({ key, value }) => [keyTree(key), ownTree(value)])];
    case "for":
      return loop(node, node.group, node.key, node.value, node.condition);
    case "if directive":
      return ["conditional", ownTree(node.condition), ownTree(node.then), otherwise(node.otherwise)];
    case "for directive":
      return ["templateJoin", loop(node, false, undefined, node.body, undefined)];
  }
}

function otherwise(node: Expression | undefined): Tree {
  return node ? ownTree(node) : ["template", ["text"]];
}

function loop(
  node: Extract<Expression, { kind: "for" | "for directive" }>,
  group: boolean,
  key: Expression | undefined,
  value: Expression,
  condition: Expression | undefined,
): Tree {
  const parts = [node.collection, key, value, condition].filter((part) => part !== undefined).map(ownTree);
  const flags = [group, key !== undefined, condition !== undefined];
  return ["for", node.keyName ?? "", node.valueName, ...flags, ...parts];
}

function isConstant(key: Expression): boolean {
  if (key.kind === "literal") return true;
  return key.kind === "template" && key.parts.length === 1 && key.parts[0]?.kind === "literal";
}

/** A key that is a bare word is text to both. */
function keyTree(key: Expression): Tree {
  const isWord = key.kind === "name" || (key.kind === "literal" && typeof key.value !== "number");
  return isWord ? ["item or key"] : ["brackets or key", ownTree(key)];
}

/** rcm's reading of a file as hcl2json shows one: blocks by type and labels, what is constant as JSON, the rest as source. */
export function ownJson(body: Body): Record<string, unknown> {
  const made: Record<string, unknown> = {};
  for (const { type, labels, body: inner } of body.blocks) {
    let place = made;
    for (const name of [type, ...labels.map(({ text }) => text)].slice(0, -1)) {
      place[name] ??= {};
      place = place[name] as Record<string, unknown>;
    }
    const last = labels.at(-1)?.text ?? type;
    place[last] = [...((place[last] as unknown[]) ?? []), ownJson(inner)];
  }
  for (const { name, value } of body.attributes.values()) made[name] = json(value);
  return made;
}

function json(node: Expression): unknown {
  switch (node.kind) {
    case "literal":
      return node.value;
    case "template":
      return node.parts.map(part).join("");
    case "wrap":
      return json(node.inner);
    case "list":
      return node.items.map(json);
    case "object":
      return Object.fromEntries(node.entries.map(({ key, value }) => [keyJson(key), json(value)]));
    case "unary":
      return folded(node.operator, node.operand) ?? shown(node);
    default:
      return shown(node);
  }
}

/** hcl2json works out a sign before a constant. */
function folded(operator: "-" | "!", operand: Expression): unknown {
  if (operand.kind !== "literal") return undefined;
  if (operator === "!" && typeof operand.value === "boolean") return !operand.value;
  return operator === "-" && typeof operand.value === "number" ? -operand.value : undefined;
}

/** hcl2json's text is a template again: what would be a sequence in it is escaped. */
function part(node: Expression): string {
  switch (node.kind) {
    case "literal":
      return String(node.value).replaceAll(/([$%])\{/g, "$1$1{");
    case "template":
      return node.parts.map(part).join("");
    case "wrap":
      return part(node.inner);
    case "conditional":
      return `%{if ${textOf(node.condition)}}${part(node.then)}${otherwisePart(node.otherwise)}%{endif}`;
    case "if directive":
      return `%{if ${textOf(node.condition)}}${part(node.then)}${otherwisePart(node.otherwise)}%{endif}`;
    case "for directive": {
      const names = [node.keyName, node.valueName].filter((name) => name !== undefined).join(", ");
      return `%{for ${names} in ${textOf(node.collection)}}${part(node.body)}%{endfor}`;
    }
    default:
      return shown(node);
  }
}

function shown(node: Expression): string {
  return `\${${textOf(node)}}`;
}

function otherwisePart(node: Expression | undefined): string {
  const text = node ? part(node) : "";
  return text === "" ? "" : `%{else}${text}`;
}

function keyJson(key: Expression): string {
  if (key.kind === "name") return key.name;
  return String(json(key));
}
