import type { Reference } from "../evaluate/references.ts";
import type { Node } from "../flow.ts";
import type { Expression } from "../syntax/ast.ts";
import { problemAt } from "../syntax/problem.ts";
import type { Span } from "../syntax/source.ts";
import { resultsOf } from "../tasks/table.ts";
import { memberCode, objectCode } from "./code.ts";
import type { Env, Piece } from "./env.ts";
import { type Code, codeOf, partsOf } from "./known-code.ts";

/** What the first steps of a reference stand for, and how many steps those are. */
export interface Resolved {
  readonly piece: Piece;
  readonly steps: number;
}

/** Makes the code of a whole expression. */
type Translate = (expression: Expression, env: Env) => Code;

/**
 * What a reference means in TypeScript.
 *
 * @throws RcmError with the place for what there is not
 */
export function resolve({ path, span }: Reference, env: Env, translate: Translate): Resolved {
  const [root = "", first] = path;
  const own = env.names?.(root);
  if (own) return { piece: own, steps: 1 };
  if (root === "var") return variable(first, env, span);
  if (root === "host") return ofHost(first, env);
  if (root === "facts") return ofFacts(first);
  if (root === "task") return ofTask(path, env, span, translate);
  throw problemAt(span, `Nothing is named "${root}" here`);
}

function variable(name: string | undefined, env: Env, span: Span): Resolved {
  const piece = name === undefined ? undefined : env.variables.get(name);
  if (piece) return { piece, steps: 2 };
  throw cannot(span, "all variables at once are read");
}

function ofHost(name: string | undefined, { file }: Env): Resolved {
  const host = file.given("host");
  if (name === undefined) {
    const members = ["name", "vars", "groups"].map((one) => [one, `${host}.${one}`] as const);
    return { piece: codeOf(objectCode(members)), steps: 1 };
  }
  return { piece: codeOf(`${host}${memberCode(name)}`, { isText: name === "name" }), steps: 2 };
}

function ofFacts(name: string | undefined): Resolved {
  if (name === undefined) return { piece: codeOf("ctx.facts", { isDue: true, fits: false }), steps: 1 };
  return { piece: codeOf(`ctx.facts${memberCode(name)}`, { isDue: true, fits: false }), steps: 2 };
}

function ofTask(path: Reference["path"], env: Env, span: Span, translate: Translate): Resolved {
  const [, type, name, attribute] = path;
  if (type === undefined || name === undefined) throw cannot(span, "all tasks of a type are read at once");
  const node = env.flow.nodes.get(`task.${type}.${name}`);
  if (!node) throw problemAt(span, `There is no task "task.${type}.${name}"`);
  if (attribute === undefined) return { piece: whole(node, env, span, translate), steps: 3 };
  const piece = attributeOf(node, attribute, env);
  if (piece) return { piece, steps: 4 };
  throw problemAt(span, `"${node.address}" has no attribute "${attribute}"`);
}

/** An argument of a task, or something that it gives. */
function attributeOf(node: Node, name: string, env: Env): Piece | undefined {
  const inner = env.inner.get(node.address);
  const exported = inner?.exports.get(name);
  if (inner && exported) return { expression: exported, env: inner.env };
  const arg = node.args.get(name);
  if (arg) return { expression: arg.value, env: name === "source" ? withContext(node, env) : env };
  if (node.type.kind === "flow") return undefined;
  const handle = used(node, env);
  if (node.type.kind === "runbook")
    return codeOf(`ctx.output(${handle}.steps${memberCode(name)})`, { isDue: true, fits: false });
  if (!Object.hasOwn(resultsOf(node.type.definition), name)) return undefined;
  const isText = name === "stdout" || name === "stderr";
  const mayBeNull = !isText;
  return codeOf(`${gaveCode(node, env, handle)}${memberCode(name)}`, { isDue: true, isText, mayBeNull });
}

/** All of a task in one object: what it gives, and what it was given. */
function whole(node: Node, env: Env, span: Span, translate: Translate): Code {
  if (node.type.kind === "flow" || node.type.kind === "runbook")
    throw cannot(span, "a task that runs a flow or a runbook is read as a whole");
  const parts = [...node.args.values()].map((arg) => [arg.name, translate(arg.value, env)] as const);
  const { secrets } = partsOf(parts.map(([, code]) => code));
  const entries = parts.map(([name, { code }]) => [name, code] as const);
  const gave = `...${gaveCode(node, env, used(node, env))}`;
  return codeOf(objectCode([[gave, gave], ...entries]), { isDue: true, secrets, fits: false });
}

function gaveCode({ type }: Node, { file }: Env, handle: string): string {
  if (type.kind !== "module" && type.kind !== "template") throw new Error(`no module: ${type.name}`);
  return `${file.flow("gave")}(ctx, ${file.module(type)}, ${handle})`;
}

/** The constant that a task's step is kept in. */
function used(node: Node, env: Env): string {
  const handle = env.handles.get(node.address);
  if (!handle) throw cannot(node.span, "it is read before its step is added");
  env.file.used.add(handle);
  return handle;
}

/** The flow as a template's source sees it: with the names of its `context`. */
export function withContext(node: Node, env: Env): Env {
  const context = node.type.kind === "template" ? node.args.get("context")?.value : undefined;
  if (!context) return env;
  if (context.kind !== "object") throw cannot(context, '"context" is not written out');
  const names = new Map(
    context.entries.map(({ key, value }) => {
      const only = key.kind === "template" && key.parts.length === 1 ? key.parts[0] : undefined;
      const name = key.kind === "name" ? key.name : only?.kind === "literal" ? String(only.value) : undefined;
      if (name === undefined) throw cannot(key, 'a name of "context" is not written out');
      return [name, { expression: value, env }] as const;
    }),
  );
  return { ...env, names: (name) => names.get(name) };
}

/** That a flow does something which cannot be written in TypeScript. */
export function cannot(span: Span, why: string): Error {
  return problemAt(span, `This cannot be converted: ${why}`);
}
