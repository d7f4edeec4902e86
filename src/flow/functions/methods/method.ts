import { didYouMean } from "../../../util/nearest.ts";
import type { FlowList, FlowObject, FlowValue } from "../../value.ts";
import { argumentsOf, type Param, type Values } from "../define.ts";

/** A method of Python's objects. */
export interface Method<S> {
  readonly params: readonly Param<unknown>[];
  readonly call: (self: S, args: readonly unknown[]) => FlowValue;
}

/** Makes a method, whose arguments are checked and converted as its parameters say. */
export function method<S, const P extends readonly Param<unknown>[]>(
  params: P,
  call: (self: S, args: Values<P>) => FlowValue,
): Method<S> {
  return { params, call: (self, args) => call(self, args as Values<P>) };
}

/** @throws Error when there is no such method, or it does not take these arguments */
export function callMethod<S>(
  methods: Readonly<Record<string, Method<S>>>,
  kind: string,
  self: S,
  name: string,
  args: FlowList,
  named: FlowObject,
): FlowValue {
  const found = Object.hasOwn(methods, name) ? methods[name] : undefined;
  if (!found) throw new Error(`${kind} has no method "${name}"${didYouMean(name, Object.keys(methods))}`);
  checkNames(name, found.params, args, named);
  return found.call(self, argumentsOf(found.params, args, named));
}

function checkNames(
  name: string,
  params: readonly Param<unknown>[],
  args: FlowList,
  named: FlowObject,
): void {
  const positional = params.filter((param) => !param.named);
  const isOpen = positional.some(({ rest }) => rest);
  if (args.length > positional.length && !isOpen) {
    throw new Error(`the method "${name}" takes ${positional.length} arguments, not ${args.length}`);
  }
  const missing = positional
    .slice(args.length)
    .find((param) => !param.optional && !param.rest && !Object.hasOwn(named, param.name));
  if (missing) throw new Error(`the method "${name}" wants an argument "${missing.name}": ${missing.takes}`);
  const unknown = Object.keys(named).find(
    (key) => !params.some((param) => param.name === key && !param.rest),
  );
  if (unknown !== undefined) throw new Error(`the method "${name}" has no argument "${unknown}"`);
}
