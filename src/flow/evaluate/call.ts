import { messageOf, RcmError } from "../../errors.ts";
import { didYouMean } from "../../util/nearest.ts";
import { ArgumentError } from "../functions/argument-error.ts";
import type { CallSite, FlowFunction, FlowParam } from "../functions/function.ts";
import { usageOf } from "../functions/usage.ts";
import type { Call, Expression } from "../syntax/ast.ts";
import { problemAt } from "../syntax/problem.ts";
import { positionOf, type Span } from "../syntax/source.ts";
import {
  type FlowList,
  type FlowObject,
  type FlowValue,
  isList,
  isObject,
  kindOf,
  objectOf,
  Unknown,
  unknownIn,
} from "../value.ts";
import type { Evaluation } from "./evaluation.ts";
import { LONGEST_TEXT } from "./limits.ts";
import { Scope } from "./scope.ts";

interface Arguments {
  readonly args: FlowList;
  readonly named: FlowObject;
}

/** `name(args)`. An unknown argument makes the result unknown. */
export function call(run: Evaluation, node: Call, scope: Scope): FlowValue {
  const callee = scope.functions.get(node.name);
  if (!callee) throw noFunction(node, scope.functions);
  if (callee.lazy) return callLazily(run, node, callee, scope);
  const values = node.args.map((arg) => run.value(arg, scope));
  const given = node.expand ? spread(values, node) : { args: values, named: objectOf([]) };
  if (given instanceof Unknown) return unknownIn(...values) ?? given;
  checkArguments(callee, given, node);
  const unknown = callee.acceptsUnknown ? undefined : unknownIn(...given.args, given.named);
  if (unknown) return unknown;
  const result = invoke(callee, node, () => callee.call(given.args, given.named, siteOf(run, node, scope)));
  checkResult(run, result, node);
  return result;
}

/** The problem of a call of a function that there is not. */
export function noFunction(node: Call, functions: Scope["functions"]): RcmError {
  return problemAt(node, `There is no function "${node.name}"${didYouMean(node.name, functions.keys())}`);
}

/** Each argument is worked out when the function asks for it; there is nothing to spread before that. */
function callLazily(run: Evaluation, node: Call, callee: FlowFunction, scope: Scope): FlowValue {
  if (node.expand) throw problemAt(node.args.at(-1) ?? node, `${usageOf(callee)} takes nothing with "..."`);
  checkArguments(callee, { args: node.args.map(() => null), named: objectOf([]) }, node);
  const args = node.args.map((arg) => () => run.value(arg, scope));
  return invoke(callee, node, () => callee.lazy?.(args) ?? null);
}

function siteOf(run: Evaluation, node: Call, scope: Scope): CallSite {
  return {
    get id() {
      const { file, line, column } = positionOf(node);
      return `${file}:${line}:${column} ${run.turnOf(node)}`;
    },
    evaluate: (expression, names) =>
      run.inside(node, () =>
        run.value(expression, new Scope(new Map(Object.entries(names)), scope.functions)),
      ),
  };
}

/** A list behind `...` becomes further arguments, an object named ones. */
function spread(values: FlowList, { args }: Call): Arguments | Unknown {
  const before = values.slice(0, -1);
  const last = values.at(-1) ?? null;
  if (last instanceof Unknown) return last;
  if (isList(last)) return { args: [...before, ...last], named: objectOf([]) };
  if (isObject(last)) return { args: before, named: last };
  throw problemAt(
    args.at(-1) as Expression,
    `Only a list or an object can be spread with "..."; this is ${kindOf(last)}`,
  );
}

function checkArguments(callee: FlowFunction, { args, named }: Arguments, node: Call): void {
  const { positional, required, most } = arityOf(callee);
  const extra = args.length > most ? node.args[most] : undefined;
  const wanted =
    most === required
      ? `${required}`
      : Number.isFinite(most)
        ? `${required} to ${most}`
        : `at least ${required}`;
  const missing = positional
    .slice(args.length)
    .find(({ name, optional, rest }) => !optional && !rest && !Object.hasOwn(named, name));
  if (missing || args.length > most) {
    const problem = missing
      ? `the argument "${missing.name}" is missing`
      : `${args.length} arguments are given`;
    throw problemAt(extra ?? node, `${usageOf(callee)}: ${problem}; expected ${wanted}`);
  }
  if (takesAnyName(callee)) return;
  for (const name of Object.keys(named)) checkName(callee, name, args.length, node);
}

function takesAnyName({ params }: FlowFunction): boolean {
  return params.some(({ named, rest }) => named && rest);
}

function arityOf(callee: FlowFunction) {
  const positional = callee.params.filter(({ named }) => !named);
  const required = positional.filter(({ optional, rest }) => !optional && !rest).length;
  const most = positional.some(({ rest }) => rest) ? Number.POSITIVE_INFINITY : positional.length;
  return { positional, required, most };
}

function checkName(callee: FlowFunction, name: string, given: number, node: Call): void {
  const place = node.args.at(-1) ?? node;
  const index = callee.params.findIndex((param) => param.name === name && !param.rest);
  if (index === -1) {
    const known = callee.params.filter(({ rest }) => !rest).map((param) => param.name);
    throw problemAt(place, `${usageOf(callee)} has no argument "${name}"${didYouMean(name, known)}`);
  }
  if (!callee.params[index]?.named && index < given) {
    throw problemAt(place, `${usageOf(callee)}: the argument "${name}" is given twice`);
  }
}

function invoke(callee: FlowFunction, node: Call, work: () => FlowValue): FlowValue {
  try {
    return work();
  } catch (error) {
    // What was wrong in a template or in an argument has its place already.
    if (error instanceof RcmError && error.where) throw error;
    const hint = error instanceof RcmError ? error.hint : undefined;
    throw new RcmError(`${usageOf(callee)}: ${messageOf(error)}`, {
      code: "flow",
      where: positionOf(error instanceof ArgumentError ? placeOf(error, callee.params, node) : node),
      cause: error,
      hint,
    });
  }
}

/** Where an argument stands: one that came out of a spread, where that stands. */
function placeOf(
  { param, index }: ArgumentError,
  params: readonly FlowParam[],
  { args, expand, ...node }: Call,
): Span {
  const position = params.findIndex(({ name, named }) => name === param && !named);
  const last = args.at(-1);
  if (position === -1 || (expand && position + index >= args.length - 1)) return last ?? node;
  return args[position + index] ?? last ?? node;
}

function checkResult(run: Evaluation, result: FlowValue, node: Call): void {
  if (isList(result)) run.checkSize(result.length, node);
  if (typeof result === "string" && result.length > LONGEST_TEXT) {
    throw problemAt(node, `This text has ${result.length} characters; at most ${LONGEST_TEXT} are allowed`);
  }
}
