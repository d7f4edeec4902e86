import type { FlowValue } from "../value.ts";

/** What one parameter of a function takes. */
interface FlowParam {
  readonly name: string;
  /** May be left out. */
  readonly optional?: boolean;
  /** Takes all further arguments; only the last positional parameter can. */
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
 *   summary: "The text in capital letters.",
 *   example: { code: 'upper("hello")', result: '"HELLO"' },
 *   call: ([text]) => String(text).toUpperCase(),
 * };
 */
export interface FlowFunction {
  readonly name: string;
  readonly params: readonly FlowParam[];
  /** One sentence. */
  readonly summary: string;
  /** An expression and what it comes to, as an expression; run as a test. */
  readonly example: { readonly code: string; readonly result: string };
  /**
   * @param args the positional arguments; a list given with `...` is spread into them
   * @param named the arguments given by an object with `...`
   * @throws Error with a message that says what was wrong; the evaluator adds the function's name and the place
   */
  readonly call: (args: readonly FlowValue[], named: Readonly<Record<string, FlowValue>>) => FlowValue;
  /** Also wants unknown values, in place of an unknown result as soon as one argument is not known. */
  readonly acceptsUnknown?: boolean;
}
