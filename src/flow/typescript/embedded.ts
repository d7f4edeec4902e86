import { dirname } from "node:path";
import { type Position, RcmError } from "../../errors.ts";
import { once } from "../build/frame.ts";
import { evaluate } from "../evaluate/evaluate.ts";
import { callsIn, referencesOf } from "../evaluate/references.ts";
import { Scope } from "../evaluate/scope.ts";
import { controllerWorld } from "../functions/controller-world.ts";
import type { FlowFunction } from "../functions/function.ts";
import { functionsIn } from "../functions/table.ts";
import type { World } from "../functions/world.ts";
import { functionFrom } from "../imports/imported-function.ts";
import { flowValueOf, lazyObject } from "../plain.ts";
import type { Expression } from "../syntax/ast.ts";
import { parseExpressionText } from "../syntax/parse.ts";
import { type FlowValue, Special } from "../value.ts";

/** An expression of HCL that stands in TypeScript. */
export interface Embedded {
  /** What it comes to with these values in its holes. */
  readonly value: <T>(holes: readonly unknown[], make: (value: FlowValue) => T) => T;
}

/** In the expression, what comes from TypeScript is `__hole.h0`, `__hole.h1`, … */
const HOLE = "__hole";

/**
 * Reads the text between a template's backquotes; in it, `\${` is `${` and a backslash before a backquote is none.
 *
 * @throws RcmError at the place in the code
 */
export function embedded(raw: readonly string[], where: Position | undefined): Embedded {
  const pieces = raw.map((piece) =>
    piece.replaceAll(/\\([\s\S])/g, (all, next) => ("`$".includes(next) ? next : all)),
  );
  const isCalled = pieces.map((piece) => piece.startsWith("("));
  const nameOf = (i: number): string => (isCalled[i + 1] ? `${HOLE}_${i}` : `${HOLE}.h${i}`);
  const source = pieces.map((piece, i) => (i + 1 < pieces.length ? piece + nameOf(i) : piece)).join("");
  const expression = inCode(where, () => parseExpressionText(source, "hcl"));
  checkHoles(
    expression,
    pieces.slice(1).map((_, i) => nameOf(i)),
    where,
  );
  const functions = once(() => functionsIn(worldAt(where)));
  return {
    value: (holes, make) => {
      const own = holes.flatMap((hole, i): [string, FlowFunction][] =>
        isCalled[i + 1] ? [[nameOf(i), called(nameOf(i), hole)]] : [],
      );
      const values = lazyObject(
        holes.flatMap((hole, i) => (isCalled[i + 1] ? [] : [[`h${i}`, once(() => valueIn(hole))] as const])),
      );
      const scope = new Scope(
        new Map([[HOLE, values]]),
        own.length === 0 ? functions() : new Map([...functions(), ...own]),
      );
      return inCode(where, () => make(evaluate(expression, scope)));
    },
  };
}

/** In a text, the name of a hole would be nothing but letters. */
function checkHoles(expression: Expression, names: readonly string[], where: Position | undefined): void {
  const found = new Set([
    ...referencesOf(expression).map(({ path }) => path.slice(0, 2).join(".")),
    ...callsIn(expression).map(({ name }) => name),
  ]);
  const lost = names.findIndex((name) => !found.has(name));
  if (lost === -1) return;
  throw new RcmError(`\${…} number ${lost + 1} stands within a text of the expression`, {
    code: "flow",
    where,
    hint: "In a text it is \\${${…}}",
  });
}

function called(name: string, hole: unknown): FlowFunction {
  if (typeof hole === "function") return functionFrom(name, hole as (...args: unknown[]) => unknown);
  throw new Error("what is called is no function");
}

function valueIn(hole: unknown): FlowValue {
  const value: unknown = typeof hole === "function" ? hole() : hole;
  return value instanceof Special ? value : flowValueOf(value);
}

/** Mistakes are told of the code, in which nothing is called `__hole`. */
function inCode<T>(where: Position | undefined, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof RcmError) || error.code !== "flow") throw error;
    const message = error.message.replaceAll(
      /\b__hole(?:\.h|_)(\d+)/g,
      (_, i) => `\${…} number ${Number(i) + 1}`,
    );
    throw new RcmError(message, {
      code: "flow",
      where,
      cause: error,
      ...(error.hint ? { hint: error.hint } : {}),
    });
  }
}

/** The run is not there: a runbook in TypeScript does not know which run it is for. */
function worldAt(where: Position | undefined): World {
  const folder = where ? dirname(where.file) : process.cwd();
  const refuse = (): never => {
    throw new Error("it is another one in each run; a runbook in TypeScript is given it as a param");
  };
  const world = controllerWorld({ now: new Date(0), seed: "", folder });
  return Object.defineProperties({ ...world }, { now: { get: refuse }, seed: { get: refuse } });
}
