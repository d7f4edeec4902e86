import type { FlowList, FlowObject, FlowValue } from "../value.ts";
import { ArgumentError } from "./argument-error.ts";
import type { CallSite, FlowFunction, FlowParam } from "./function.ts";
import type { World } from "./world.ts";

/** A parameter that also checks and converts what it is given. */
export interface Param<T> extends FlowParam {
  /** What it takes, for messages and the documentation: `a whole number from 0`. */
  readonly takes: string;
  /** @throws Refusal */
  readonly read: (value: FlowValue) => T;
}

/** What a call may use besides its arguments. */
interface Surroundings {
  readonly world: World;
  readonly site: CallSite;
}

/** What the documentation says of a function. */
interface Documentation {
  readonly category: Category;
  /** One sentence. */
  readonly summary: string;
  /** What else there is to know, in Markdown. */
  readonly details?: string;
  /** Expressions and what they come to, as expressions; run as tests. */
  readonly examples: readonly Example[];
  /** What else than its arguments its value depends on. */
  readonly dependsOn?: string;
}

/** What a function depends on that tells of the run. */
export const OF_RUN = "the run; one that is resumed gives what it gave";

/** An expression, and an expression that has the same value. */
type Example = readonly [code: string, result: string];

/** The themes of the documentation, in its order. */
export const CATEGORIES = [
  "Text",
  "Patterns",
  "Numbers",
  "Collections",
  "Sets",
  "Types",
  "Encoding",
  "Hashes and ids",
  "Dates",
  "Files and environment",
  "Networks",
  "Control",
  "Retries",
] as const;

/** A theme of the documentation. */
type Category = (typeof CATEGORIES)[number];

/** A function of the table. */
export interface TableFunction extends Documentation {
  readonly name: string;
  readonly params: readonly Param<unknown>[];
  /** The function for the evaluator, in a world. */
  readonly bind: (world: World) => FlowFunction;
}

/** What the parameters make of their arguments. */
export type Values<P extends readonly Param<unknown>[]> = {
  readonly [K in keyof P]: P[K] extends Param<infer T> ? T : never;
};

interface Definition<P extends readonly Param<unknown>[]> extends Documentation {
  readonly name: string;
  readonly params: P;
  /** @throws ArgumentError or Error, with what was wrong and what was wanted */
  readonly call: (args: Values<P>, surroundings: Surroundings) => FlowValue;
  readonly lazy?: FlowFunction["lazy"];
}

/**
 * Makes a function of the table: its arguments are checked and converted as its parameters say.
 *
 * @example
 * const repeat = define({
 *   name: "repeat",
 *   category: "Text",
 *   params: [text("text"), int("times", { min: 0 })],
 *   summary: "The text so many times in a row.",
 *   examples: [['repeat("ab", 2)', '"abab"']],
 *   call: ([text, times]) => text.repeat(times),
 * });
 */
export function define<const P extends readonly Param<unknown>[]>(definition: Definition<P>): TableFunction {
  const { call, lazy, ...documentation } = definition;
  const { name, params } = definition;
  return Object.freeze({
    ...documentation,
    bind: (world: World) => ({
      name,
      params,
      ...(lazy ? { lazy } : {}),
      call: (args: FlowList, named: FlowObject, site: CallSite) =>
        call(argumentsOf(params, args, named) as Values<P>, { world, site }),
    }),
  });
}

/**
 * The arguments for parameters, checked and converted; undefined for those that were left out.
 *
 * @throws ArgumentError
 */
export function argumentsOf(
  params: readonly Param<unknown>[],
  args: FlowList,
  named: FlowObject,
): readonly unknown[] {
  return params.map((param, position) => valueFor(param, position, params, args, named));
}

function valueFor(
  param: Param<unknown>,
  position: number,
  params: readonly Param<unknown>[],
  args: FlowList,
  named: FlowObject,
): unknown {
  if (param.rest && param.named) return othersOf(params, named);
  if (param.rest) return args.slice(position).map((value, i) => readAs(param, value, i));
  if (!param.named && position < args.length) return readAs(param, args[position] ?? null);
  return Object.hasOwn(named, param.name) ? readAs(param, named[param.name] ?? null) : undefined;
}

/** The named arguments that no other parameter takes. */
function othersOf(params: readonly Param<unknown>[], named: FlowObject): FlowObject {
  const known = new Set(params.filter(({ rest }) => !rest).map(({ name }) => name));
  return Object.fromEntries(Object.entries(named).filter(([name]) => !known.has(name)));
}

function readAs(param: Param<unknown>, value: FlowValue, index = 0): unknown {
  try {
    return param.read(value);
  } catch (error) {
    if (error instanceof Refusal) throw new ArgumentError(param.name, error.message, index);
    throw error;
  }
}

/** That a parameter does not take a value: `is a list; expected text`. */
export class Refusal extends Error {}
