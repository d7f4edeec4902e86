import { type RcmError, throwAll } from "../../errors.ts";
import type { Body, Expression } from "./ast.ts";
import { BodyParser } from "./body.ts";
import { parseExpression } from "./expression.ts";
import { lex } from "./lexer.ts";
import { LONGEST_SOURCE, MOST_PROBLEMS } from "./limits.ts";
import { Parser, SyntaxFault } from "./parser.ts";
import { problemAt } from "./problem.ts";
import { Source } from "./source.ts";
import { parseTemplate } from "./template.ts";

/** A source as far as it could be read, and all that is wrong with it, from its top. */
export interface Parsed {
  readonly body: Body;
  readonly problems: readonly RcmError[];
}

/**
 * Reads a file of HCL.
 *
 * @param file its path, for messages
 * @throws RcmError or Problems, code `flow`, each with its place, when it is broken
 */
export function parseFile(text: string, file: string): Body {
  const { body, problems } = tryParseFile(text, file);
  throwAll(problems);
  return body;
}

/** Reads a file of HCL, and what can be read of a broken one. */
export function tryParseFile(text: string, file: string): Parsed {
  const source = new Source(text, file);
  const tooLong = refuseLong(source);
  if (tooLong) return { body: emptyBody(source), problems: [tooLong] };
  const { tokens, problems } = lex(source);
  const bodies = new BodyParser(new Parser(source, tokens, parseExpression));
  const body = bodies.file();
  // What the parser makes of a line in which words are broken is no news.
  const lines = new Set(problems.map(({ where }) => where?.line));
  const others = bodies.problems.filter(({ where }) => !lines.has(where?.line));
  return { body, problems: inOrder([...problems, ...others]) };
}

/**
 * Reads one expression, which is all of a text.
 *
 * @throws RcmError or Problems when it is none
 */
export function parseExpressionText(text: string, file: string): Expression {
  return parseWhole(text, file, false, (parser) => parser.expression());
}

/**
 * Reads a template, such as a file with `${…}` in it; escapes are those of heredocs.
 *
 * @throws RcmError or Problems when it is broken
 */
export function parseTemplateText(text: string, file: string): Expression {
  return parseWhole(text, file, true, parseTemplate);
}

function parseWhole(
  text: string,
  file: string,
  isTemplate: boolean,
  parse: (parser: Parser) => Expression,
): Expression {
  const source = new Source(text, file);
  const tooLong = refuseLong(source);
  if (tooLong) throw tooLong;
  const { tokens, problems } = lex(source, isTemplate);
  throwAll(inOrder(problems));
  const parser = new Parser(source, tokens, parseExpression);
  try {
    return parser.newlines(false, () => {
      const expression = parse(parser);
      parser.expect("end", "the end of the expression");
      return expression;
    });
  } catch (error) {
    throw error instanceof SyntaxFault && error.problem ? error.problem : error;
  }
}

function refuseLong(source: Source): RcmError | undefined {
  if (source.text.length <= LONGEST_SOURCE) return undefined;
  const start = { source, start: 0, end: 0 };
  return problemAt(
    start,
    `The source has ${source.text.length} characters; at most ${LONGEST_SOURCE} are allowed`,
  );
}

function emptyBody(source: Source): Body {
  return { attributes: new Map(), blocks: [], source, start: 0, end: 0 };
}

function inOrder(problems: readonly RcmError[]): readonly RcmError[] {
  const key = ({ where }: RcmError): number => (where?.line ?? 0) * 1e7 + (where?.column ?? 0);
  return problems.toSorted((a, b) => key(a) - key(b)).slice(0, MOST_PROBLEMS);
}
