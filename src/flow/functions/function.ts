import type { Origin } from "../origin.ts";
import type { Expression } from "../syntax/ast.ts";
import type { FlowObject, FlowValue } from "../value.ts";

/** What one parameter of a function takes. */
export interface FlowParam {
  readonly name: string;
  /** May be left out. */
  readonly optional?: boolean;
  /** Takes all further arguments; only the last positional parameter can. With `named`: takes all further names. */
  readonly rest?: boolean;
  /** Can only be given by name, as in `tojson(x, {indent = 2}...)`. */
  readonly named?: boolean;
}

/**
 * A function that expressions can call. It is pure: the same arguments give the same value, so that a plan and its run
 * agree. The evaluator calls it only with known values, and has checked the number and the names of the arguments.
 *
 * @example
 * const upper: FlowFunction = {
 *   name: "upper",
 *   params: [{ name: "text" }],
 *   call: ([text]) => String(text).toUpperCase(),
 * };
 */
export interface FlowFunction {
  readonly name: string;
  readonly params: readonly FlowParam[];
  /**
   * @param args the positional arguments; a list given with `...` is spread into them
   * @param named the arguments given by an object with `...`
   * @throws ArgumentError or another Error with a message that says what was wrong; the evaluator adds the function's
   * name and the place
   */
  readonly call: (
    args: readonly FlowValue[],
    named: Readonly<Record<string, FlowValue>>,
    site: CallSite,
  ) => FlowValue;
  /** Instead of `call`, for a function that must see whether its arguments have a value: each is worked out when asked for. */
  readonly lazy?: (args: readonly (() => FlowValue)[]) => FlowValue;
  /** Also wants unknown values, in place of an unknown result as soon as one argument is not known. */
  readonly acceptsUnknown?: boolean;
  /** Undefined for those that come with rcm. */
  readonly origin?: Origin;
}

/** What a function may ask of the evaluator that calls it. */
export interface CallSite {
  /** The same for the same call in the same turn of the loops around it, in every evaluation: `site.hcl:3:7 2`. */
  readonly id: string;
  /** Works out an expression in which only these names are known, within the limits of the one that makes the call. */
  readonly evaluate: (expression: Expression, names: FlowObject) => FlowValue;
}
