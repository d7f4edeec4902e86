import { exportsOf } from "../build/exports.ts";
import type { Library } from "../build/make-frame.ts";
import type { Flow, Node, Variable } from "../flow.ts";
import { jsonOf } from "../plain.ts";
import type { Expression } from "../syntax/ast.ts";
import { problemAt } from "../syntax/problem.ts";
import type { FlowTask } from "../tasks/task-type.ts";
import { jsonCode } from "./code.ts";
import type { Env, InnerEnv, Piece } from "./env.ts";
import { codeOf } from "./known-code.ts";
import { cannot } from "./resolve.ts";
import { constantText, translate } from "./translate.ts";
import { sensitiveCode } from "./variables.ts";

/** A flow that is entered, and the lines that make its sensitive variables. */
export interface Entered extends InnerEnv {
  readonly lines: readonly string[];
}

/** The names of the flow that a task runs: its variables are expressions of the flow around it. */
export function enter(env: Env, node: Node, type: FlowTask, library: Library): Entered {
  const flow = type.imported === undefined ? chosen(env, node, library) : library.byPath(type.imported, "");
  if (env.within.includes(flow))
    throw problemAt(node.span, `The flow "${flow.name}" would run within itself`);
  const given = type.imported === undefined ? varsOf(node) : argumentsOf(node);
  const prefix = `${env.prefix}${node.address}.`;
  const lines: string[] = [];
  const variables = new Map(
    Array.from(flow.variables.values(), (variable): [string, Piece] => {
      const piece = pieceOf(variable, given.get(variable.name), env, node);
      if (!variable.sensitive) return [variable.name, piece];
      const code = "expression" in piece ? translate(piece.expression, piece.env) : piece;
      if (code.isDue || code.code === "null") return [variable.name, piece];
      const name = `${prefix}${variable.name}`.replaceAll(/[^A-Za-z0-9_]/g, "_");
      const made = sensitiveCode(name, code, env.file);
      lines.push(made.line);
      return [variable.name, made.piece];
    }),
  );
  for (const [name, expression] of given)
    if (!flow.variables.has(name))
      throw problemAt(expression, `The flow "${flow.name}" has no variable "${name}"`);
  const { file, within } = env;
  const inner: Env = {
    ...{ flow, prefix, file, variables, within: [...within, flow] },
    ...{ handles: new Map(), inner: new Map() },
  };
  return { env: inner, exports: exportsOf(flow, node), lines };
}

function chosen(env: Env, node: Node, library: Library): Flow {
  const [arg, other] = ["path", "source", "module"].flatMap((name) => node.args.get(name) ?? []);
  if (!arg || other)
    throw problemAt(other?.span ?? node.span, "flow_run wants exactly one of path, source and module");
  const text = constantText(arg.value, "which flow is run");
  if (arg.name === "path") return library.byPath(text, env.flow.file);
  if (arg.name === "module") return library.byReference(text, env.flow.file);
  return library.byText(text, `${env.flow.file}:${env.prefix}${node.address}.source`);
}

function argumentsOf({ args }: Node): ReadonlyMap<string, Expression> {
  return new Map(Array.from(args.values(), ({ name, value }) => [name, value]));
}

function varsOf({ args }: Node): ReadonlyMap<string, Expression> {
  const vars = args.get("vars")?.value;
  if (!vars) return new Map();
  if (vars.kind !== "object") throw cannot(vars, '"vars" is not written out');
  return new Map(
    vars.entries.map(({ key, value }) => [
      key.kind === "name" ? key.name : constantText(key, "the name of a variable"),
      value,
    ]),
  );
}

function pieceOf(
  { name, required, default: value }: Variable,
  given: Expression | undefined,
  env: Env,
  node: Node,
): Piece {
  if (given) return { expression: given, env };
  if (value !== undefined)
    return codeOf(jsonCode(jsonOf(value)), { isText: typeof value === "string", mayBeNull: value === null });
  if (!required) return codeOf("null", { mayBeNull: true });
  throw problemAt(node.span, `The variable "${name}" of that flow is required, and not given`);
}
