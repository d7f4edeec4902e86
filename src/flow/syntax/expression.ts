import type { Binary, BinaryOperator, Conditional, Expression, Literal, Unary } from "./ast.ts";
import { parseCall } from "./call.ts";
import { parseBraces, parseList } from "./collection.ts";
import type { Parser } from "./parser.ts";
import { spanning, textOf } from "./source.ts";
import { parseTemplate } from "./template.ts";
import type { Token } from "./token.ts";
import { parseSteps } from "./traversal.ts";

/** Reads an expression: a conditional, or operators alone. */
export function parseExpression(parser: Parser): Expression {
  const condition = parseOperators(parser, 1);
  if (!parser.take("?")) return condition;
  const then = parser.expression();
  parser.expect(":", 'an operator, or ":" and the value of the other case');
  const otherwise = parser.expression();
  const made: Conditional = {
    kind: "conditional",
    condition,
    then,
    otherwise,
    ...spanning(condition, otherwise),
  };
  return parser.made(made, condition, then, otherwise);
}

/** How tight an operator binds. */
const TIGHTNESS: ReadonlyMap<string, number> = new Map<BinaryOperator, number>([
  ["||", 1],
  ["&&", 2],
  ["==", 3],
  ["!=", 3],
  [">", 4],
  [">=", 4],
  ["<", 4],
  ["<=", 4],
  ["+", 5],
  ["-", 5],
  ["*", 6],
  ["/", 6],
  ["%", 6],
]);

/** Reads operators that bind at least so tight, each joining what stands on its left first. */
function parseOperators(parser: Parser, atLeast: number): Expression {
  let left = parseOperand(parser);
  for (;;) {
    const tightness = TIGHTNESS.get(parser.peek().type);
    if (tightness === undefined || tightness < atLeast) return left;
    const operator = parser.read().type as BinaryOperator;
    const right = parseOperators(parser, tightness + 1);
    const made: Binary = { kind: "binary", operator, left, right, ...spanning(left, right) };
    left = parser.made(made, left, right);
  }
}

function parseOperand(parser: Parser): Expression {
  const { type } = parser.peek();
  return type === "-" || type === "!"
    ? parser.nested(() => parseUnary(parser, type))
    : parseSteps(parser, parseTerm(parser));
}

function parseUnary(parser: Parser, operator: "-" | "!"): Expression {
  const sign = parser.read();
  const operand = parseOperand(parser);
  const made: Unary = { kind: "unary", operator, operand, ...spanning(sign, operand) };
  return parser.made(made, operand);
}

function parseTerm(parser: Parser): Expression {
  const token = parser.peek();
  switch (token.type) {
    case "number":
      return parseNumber(parser);
    case "identifier":
      return parseWord(parser);
    case "open quote":
    case "open heredoc":
      return parseTemplate(parser);
    case "[":
      return parseList(parser);
    case "{":
      return parseBraces(parser);
    case "(":
      return parseBrackets(parser);
    default:
      return parser.unexpected("a value");
  }
}

function parseWord(parser: Parser): Expression {
  const word = parser.read();
  if (parser.is("(") || parser.is("::")) return parseCall(parser, word);
  const name = textOf(word);
  const span = spanning(word, word);
  return CONSTANTS.has(name)
    ? { kind: "literal", value: CONSTANTS.get(name) ?? null, ...span }
    : { kind: "name", name, ...span };
}

const CONSTANTS: ReadonlyMap<string, boolean | null> = new Map([
  ["true", true],
  ["false", false],
  ["null", null],
]);

function parseBrackets(parser: Parser): Expression {
  const open = parser.read();
  return parser.newlines(false, () => {
    const inner = parser.expression();
    parser.expect(")", '")" to close the brackets');
    return parser.made({ kind: "brackets", inner, ...parser.since(open) }, inner);
  });
}

function parseNumber(parser: Parser): Literal {
  const token = parser.read();
  return { kind: "literal", value: numberOf(parser, token), ...spanning(token, token) };
}

/** The value of a number; one that a double would change silently is refused. */
function numberOf(parser: Parser, token: Token): number {
  const text = textOf(token);
  if (!/^\d+(\.\d*)?([eE][+-]?\d+)?$/.test(text)) parser.fail(token, `"${text}" is no number`);
  const value = Number(text);
  if (!Number.isFinite(value))
    parser.fail(token, `The number ${text} is too large; the largest is about 1.8e308`);
  if (/^\d+$/.test(text) && BigInt(value) !== BigInt(text)) {
    parser.fail(
      token,
      `The number ${text} is too large to be held exactly; whole numbers are up to 9007199254740991`,
      `As text it stays as it is: "${text}"`,
    );
  }
  return value;
}
