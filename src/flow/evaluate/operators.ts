import type { Binary, Unary } from "../syntax/ast.ts";
import { problemAt } from "../syntax/problem.ts";
import { type FlowValue, kindOf, Special, Unknown, unknownIn } from "../value.ts";
import { numberText, wanted } from "./convert.ts";
import { equal } from "./equal.ts";
import type { Evaluation } from "./evaluation.ts";
import type { Scope } from "./scope.ts";

/** `-a` and `!a`. */
export function unary({ operator, operand }: Unary, value: FlowValue): FlowValue {
  if (value instanceof Unknown) return value;
  if (operator === "!") return !wanted.bool(value, operand, 'What stands behind "!"');
  const number = -wanted.number(value, operand, 'What stands behind "-"');
  return number === 0 ? 0 : number;
}

/** `a + b` and the like; the right side of `&&` and `||` is worked out only where it counts. */
export function binary(run: Evaluation, node: Binary, scope: Scope): FlowValue {
  const left = run.value(node.left, scope);
  if (node.operator === "&&" || node.operator === "||") return logic(run, node, left, scope);
  const right = run.value(node.right, scope);
  if (node.operator === "==" || node.operator === "!=") return equality(node.operator, left, right);
  const unknown = onlyUnknown(left, right);
  if (unknown) return unknown;
  const sum = node.operator === "+" && left instanceof Special ? left.plus(right) : undefined;
  if (sum !== undefined) return sum;
  return isComparison(node.operator) ? compare(node, left, right) : calculate(node, left, right);
}

function onlyUnknown(left: FlowValue, right: FlowValue): Unknown | undefined {
  return left instanceof Unknown || right instanceof Unknown ? unknownIn(left, right) : undefined;
}

function logic(run: Evaluation, node: Binary, left: FlowValue, scope: Scope): FlowValue {
  if (left instanceof Unknown) return left;
  const first = wanted.bool(left, node.left, `What stands left of "${node.operator}"`);
  if (first === (node.operator === "||")) return first;
  const right = run.value(node.right, scope);
  return right instanceof Unknown
    ? right
    : wanted.bool(right, node.right, `What stands right of "${node.operator}"`);
}

function equality(operator: "==" | "!=", left: FlowValue, right: FlowValue): FlowValue {
  return unknownIn(left, right) ?? equal(left, right) === (operator === "==");
}

function isComparison(operator: string): boolean {
  return operator.startsWith("<") || operator.startsWith(">");
}

function compare(node: Binary, left: FlowValue, right: FlowValue): boolean {
  const order = orderOf(left, right);
  if (order === undefined) {
    throw problemAt(
      node,
      `Cannot compare ${kindOf(left)} with ${kindOf(right)} by "${node.operator}"; expected two numbers or two strings`,
    );
  }
  if (order === 0) return node.operator.endsWith("=");
  return order < 0 === node.operator.startsWith("<");
}

function orderOf(left: FlowValue, right: FlowValue): number | undefined {
  if (typeof left === "number" && typeof right === "number") return left - right;
  if (typeof left !== "string" || typeof right !== "string") return undefined;
  return left < right ? -1 : Number(left > right);
}

function calculate(node: Binary, left: FlowValue, right: FlowValue): number {
  const a = wanted.number(left, node.left, `What stands left of "${node.operator}"`);
  const b = wanted.number(right, node.right, `What stands right of "${node.operator}"`);
  if (b === 0 && (node.operator === "/" || node.operator === "%")) {
    throw problemAt(node.right, `Division by zero: ${numberText(a)} ${node.operator} 0`);
  }
  const result = CALCULATE[node.operator]?.(a, b) ?? Number.NaN;
  if (!isExact(node.operator, a, b, result)) {
    const what = `${numberText(a)} ${node.operator} ${numberText(b)}`;
    throw problemAt(node, `The result of ${what} is too large to be held exactly`);
  }
  return result === 0 ? 0 : result;
}

const CALCULATE: Readonly<Record<string, (a: number, b: number) => number>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "%": (a, b) => a % b,
};

/** Whole numbers stay exact or are refused; fractions are doubles, as everywhere. */
function isExact(operator: string, a: number, b: number, result: number): boolean {
  if (!Number.isFinite(result)) return false;
  if (Number.isSafeInteger(result) || !Number.isInteger(a) || !Number.isInteger(b)) return true;
  const [x, y] = [BigInt(a), BigInt(b)];
  if (operator === "+") return BigInt(result) === x + y;
  if (operator === "-") return BigInt(result) === x - y;
  return operator !== "*" || BigInt(result) === x * y;
}
