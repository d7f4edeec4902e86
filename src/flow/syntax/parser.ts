import type { RcmError } from "../../errors.ts";
import type { Expression } from "./ast.ts";
import { DEEPEST_NESTING, DEEPEST_TREE } from "./limits.ts";
import { describeToken, problemAt } from "./problem.ts";
import type { Source, Span } from "./source.ts";
import { textOf } from "./source.ts";
import type { Token, TokenType } from "./token.ts";

/** Ends the reading of one argument or block; its problem, if it is not known already, is on its way to the user. */
export class SyntaxFault extends Error {
  override readonly name = "SyntaxFault";
  readonly problem: RcmError | undefined;

  constructor(problem: RcmError | undefined) {
    super(problem?.message);
    this.problem = problem;
  }
}

/** Walks over the tokens: comments never show, newlines only where they mean something. */
export class Parser {
  readonly source: Source;
  /** Reads an expression; given from outside, since the parts of the grammar refer to each other in a circle. */
  readonly expression: () => Expression;
  readonly #tokens: readonly Token[];
  readonly #depths = new Map<Expression, number>();
  #at = 0;
  /** Behind the token that was taken last; newlines that a look ahead has passed stand between. */
  #behind = 0;
  #newlines = true;
  #nesting = 0;
  #last: Token;

  constructor(source: Source, tokens: readonly Token[], expression: (parser: Parser) => Expression) {
    this.source = source;
    this.expression = () => this.nested(() => expression(this));
    this.#tokens = tokens.filter((token) => token.type !== "comment");
    this.#last = this.peek();
  }

  /** The next token, which stays. */
  peek(): Token {
    if (!this.#newlines) while (this.#current().type === "newline") this.#at++;
    return this.#current();
  }

  /** Takes the next token. */
  read(): Token {
    const token = this.peek();
    if (token.type !== "end") this.#at++;
    this.#behind = this.#at;
    this.#last = token;
    return token;
  }

  /** The token that was taken last. */
  get last(): Token {
    return this.#last;
  }

  is(type: TokenType): boolean {
    return this.peek().type === type;
  }

  isWord(word: string): boolean {
    const token = this.peek();
    return token.type === "identifier" && textOf(token) === word;
  }

  /** Takes the next token if it is of a type. */
  take(type: TokenType): Token | undefined {
    return this.is(type) ? this.read() : undefined;
  }

  takeWord(word: string): boolean {
    const found = this.isWord(word);
    if (found) this.read();
    return found;
  }

  /** Takes a token of a type; otherwise fails with what was expected, such as `"]" after the list`. */
  expect(type: TokenType, wanted: string): Token {
    return this.take(type) ?? this.unexpected(wanted);
  }

  /** Fails at the next token. */
  unexpected(wanted: string, hint?: string): never {
    const token = this.peek();
    this.fail(token, `Expected ${wanted}, found ${describeToken(token)}`, hint);
  }

  /** Fails at a place; silently where the place is a token that a problem tells of already. */
  fail(span: Span, message: string, hint?: string): never {
    const known = this.peek().type === "invalid" || this.#last.type === "invalid";
    throw new SyntaxFault(known ? undefined : problemAt(span, message, hint));
  }

  /** Reads something in which newlines mean something, or nothing. */
  newlines<T>(mean: boolean, read: () => T): T {
    const before = this.#newlines;
    this.#newlines = mean;
    try {
      return read();
    } finally {
      this.#newlines = before;
    }
  }

  /** Reads something one level further in. */
  nested<T>(read: () => T): T {
    if (this.#nesting >= DEEPEST_NESTING) {
      this.fail(this.peek(), `Nested too deep; at most ${DEEPEST_NESTING} levels are allowed`);
    }
    this.#nesting++;
    try {
      return read();
    } finally {
      this.#nesting--;
    }
  }

  /** Finishes an expression: refuses it when its tree, made of such parts, has grown too high. */
  made<E extends Expression>(expression: E, ...parts: readonly (Expression | undefined)[]): E {
    return this.madeOf(expression, parts);
  }

  /** The same of a list of parts, which may be longer than a call can have arguments. */
  madeOf<E extends Expression>(expression: E, parts: readonly (Expression | undefined)[]): E {
    let below = 0;
    for (const part of parts) if (part) below = Math.max(below, this.#depths.get(part) ?? 1);
    if (below >= DEEPEST_TREE) {
      this.fail(
        expression,
        `This expression is too long or too deep; at most ${DEEPEST_TREE} levels are allowed`,
      );
    }
    this.#depths.set(expression, below + 1);
    return expression;
  }

  /** From a token or expression up to the token that was taken last. */
  since(start: Span): Span {
    return { source: this.source, start: start.start, end: this.#last.end };
  }

  /** Where the walk stands, for {@link skipItem}. */
  get index(): number {
    return this.#at;
  }

  /**
   * After a fault, goes on behind the item that began at an index: at the end of its line outside of brackets, before
   * the brace that closes the block it stands in, or where a line is indented no more than the item, which tells of a
   * bracket that was never closed.
   */
  skipItem(from: number, inBlock: boolean): void {
    const fault = this.#behind;
    const column = this.#columnOf(from);
    let open = 0;
    for (this.#at = from; this.#current().type !== "end"; this.#at++) {
      const { type } = this.#current();
      if (OPENING.has(type)) open++;
      else if (CLOSING.has(type) && open > 0) open--;
      else if (type === "}" && inBlock && this.#at >= fault) return;
      if (
        type === "newline" &&
        this.#at >= fault &&
        (open === 0 ? !this.#bodyFollows() : this.#isOver(column))
      )
        return;
    }
  }

  /** A brace that opens a body on a line of its own. */
  #bodyFollows(): boolean {
    return this.#tokens[this.#at + 1]?.type === "{";
  }

  #isOver(column: number): boolean {
    const next = this.#columnOf(this.#at + 1);
    const type = this.#tokens[this.#at + 1]?.type;
    return (type === "identifier" && next <= column) || (type === "}" && next < column);
  }

  #columnOf(index: number): number {
    const start = this.#tokens[index]?.start ?? 0;
    return start - this.source.text.lastIndexOf("\n", start - 1);
  }

  #current(): Token {
    const token = this.#tokens[this.#at];
    if (!token) throw new RangeError("the tokens have no end");
    return token;
  }
}

const OPENING: ReadonlySet<TokenType> = new Set([
  ...(["{", "[", "(", "open quote", "open heredoc", "open interpolation", "open directive"] as const),
]);
const CLOSING: ReadonlySet<TokenType> = new Set([
  ...(["}", "]", ")", "close quote", "close heredoc", "close sequence"] as const),
]);
