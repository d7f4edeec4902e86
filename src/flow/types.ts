import { z } from "zod";
import { didYouMean } from "../util/nearest.ts";
import type { Expression } from "./syntax/ast.ts";
import { problemAt } from "./syntax/problem.ts";
import { textOf } from "./syntax/source.ts";

/** What `type` says of a variable. */
export interface VariableType {
  /** As it is written: `list(string)`. */
  readonly text: string;
  readonly schema: z.ZodType;
}

/**
 * Reads a type as Terraform writes it: `string`, `number`, `bool`, `any`, `list(T)`, `set(T)`, `map(T)`, `tuple([T, …])`,
 * `object({ name = T, other = optional(T) })`; also in quotes.
 *
 * @throws RcmError with the place when it is none
 */
export function readType(expression: Expression): VariableType {
  return { text: textOf(expression).replace(/^"(.*)"$/s, "$1"), schema: schemaOf(expression) };
}

const SIMPLE: Readonly<Record<string, () => z.ZodType>> = {
  string: () => z.string(),
  number: () => z.number(),
  bool: () => z.boolean(),
  any: () => present(),
};

const COLLECTIONS = ["list", "set", "map", "tuple", "object"];

/** Any value that is there: JSON's kinds, null among them. */
export function present(): z.ZodType {
  return z.unknown().check((payload) => {
    if (payload.value !== undefined) return;
    payload.issues.push({ code: "invalid_type", expected: "nonoptional", input: undefined });
  });
}

function schemaOf(node: Expression): z.ZodType {
  if (node.kind === "name") return simple(node.name, node);
  const quoted = node.kind === "template" && node.parts.length === 1 ? node.parts[0] : undefined;
  if (quoted?.kind === "literal") return simple(String(quoted.value), node);
  if (node.kind === "call" && COLLECTIONS.includes(node.name)) return collection(node.name, node);
  throw wrong(node, "");
}

function simple(name: string, node: Expression): z.ZodType {
  const make = SIMPLE[name];
  if (make) return make();
  if (COLLECTIONS.includes(name)) return bare(name);
  throw wrong(node, didYouMean(name, [...Object.keys(SIMPLE), ...COLLECTIONS]));
}

/** `list` or `map` alone is one of anything. */
function bare(name: string): z.ZodType {
  return name === "map" || name === "object" ? z.record(z.string(), z.json()) : z.array(z.json());
}

function collection(name: string, node: Extract<Expression, { kind: "call" }>): z.ZodType {
  const [arg, more] = node.args;
  if (!arg || more)
    throw problemAt(node, `The type ${name}(…) takes one argument; ${node.args.length} are given`);
  if (name === "tuple") return tuple(arg);
  if (name === "object") return object(arg);
  const item = schemaOf(arg);
  return name === "map" ? z.record(z.string(), item) : z.array(item);
}

function tuple(arg: Expression): z.ZodType {
  if (arg.kind !== "list") throw problemAt(arg, "Expected a list of types in tuple([…])");
  return z.tuple(arg.items.map(schemaOf) as [z.ZodType, ...z.ZodType[]]);
}

function object(arg: Expression): z.ZodType {
  if (arg.kind !== "object") throw problemAt(arg, "Expected names with types in object({…})");
  const shape = arg.entries.map(({ key, value }) => {
    if (key.kind !== "name") throw problemAt(key, "Expected a name before the type");
    const isOptional = value.kind === "call" && value.name === "optional";
    if (!isOptional) return [key.name, schemaOf(value)] as const;
    const [type] = value.args;
    if (!type) throw problemAt(value, "Expected a type in optional(…)");
    return [key.name, schemaOf(type).nullish()] as const;
  });
  return z.strictObject(Object.fromEntries(shape));
}

function wrong(node: Expression, hint: string): Error {
  return problemAt(
    node,
    `Expected a type such as string, number, bool, any, list(string) or map(number), found ${textOf(node)}${hint}`,
  );
}
