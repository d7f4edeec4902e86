import { RcmError } from "../../errors.ts";
import type { Retry } from "../../runbook/framework.ts";
import { callerPosition } from "../../runbook/where.ts";
import { isTruthyValue, retryOf } from "../build/rules.ts";
import { asText, described } from "../evaluate/convert.ts";
import { flowValueOf, jsonOf } from "../plain.ts";
import { type Embedded, embedded } from "./embedded.ts";

/**
 * What stands in `${…}`: a value; a function without arguments that gives it, called only where it counts; or, before
 * `(`, a function that the expression calls.
 */
export type Hole = unknown;

/** The expressions that were read, by the place in the code where they stand. */
const read = new WeakMap<TemplateStringsArray, Embedded>();

/**
 * The value of an expression of HCL, as it is in a flow: with its functions, conversions and errors. Relative paths in it
 * begin at the file that it stands in. What functions tell of the run, such as `timestamp()`, is not there.
 *
 * @throws RcmError with code `flow` when it has no value
 * @example
 * const ports = hcl`[for name, port in ${params.ports} : upper(name) if port > 1024]`;
 */
export function hcl(
  strings: TemplateStringsArray,
  ...holes: readonly Hole[]
  // biome-ignore lint/suspicious/noExplicitAny: the type of an expression is known only when it is worked out
): any {
  return expressionAt(strings).value(holes, jsonOf);
}

/**
 * A text in which values stand as a flow writes them; lists and objects are refused.
 *
 * @throws RcmError with code `flow`
 * @example
 * const greeting = text`${params.count} times hello ${host.name}`;
 */
export function text(strings: TemplateStringsArray, ...holes: readonly Hole[]): string {
  return strings.map((string, i) => (i < holes.length ? string + textIn(holes[i], i) : string)).join("");
}

function textIn(hole: Hole, i: number): string {
  const value = flowValueOf(hole);
  const found = asText(value);
  if (found !== undefined) return found;
  throw new RcmError(
    `In this text, \${…} number ${i + 1} is ${described(value)}; expected text, a number or a bool`,
    { code: "flow", hint: "tojson(…) and join(…) make text of it", where: callerPosition() },
  );
}

/**
 * The option `retry`, of what a flow says in `_retry`.
 *
 * @throws RcmError with code `flow`
 * @example
 * step("fetch", bashRun({ command }), { retry: retry`{ stop_after = "5 times", wait = wait_fixed(2) }` });
 */
export function retry(strings: TemplateStringsArray, ...holes: readonly Hole[]): Retry {
  const where = callerPosition();
  const refuse = (message: string): RcmError => new RcmError(message, { code: "flow", where });
  return expressionAt(strings).value(holes, (value) => retryOf(value, refuse));
}

/**
 * A condition as `_when` takes it: true or false, or these as text.
 *
 * @throws RcmError with code `flow` for anything else
 */
export function isTrue(value: unknown): boolean {
  if (value === true || value === "true") return true;
  if (value === false || value === "false") return false;
  throw new RcmError(`The condition is ${described(flowValueOf(value))}; expected true or false`, {
    code: "flow",
  });
}

/** A condition as `_depends_on` takes it: what is empty, 0, false or null does not hold. */
export function isTruthy(value: unknown): boolean {
  return isTruthyValue(flowValueOf(value));
}

function expressionAt(strings: TemplateStringsArray): Embedded {
  const known = read.get(strings) ?? embedded(strings.raw, callerPosition());
  read.set(strings, known);
  return known;
}
