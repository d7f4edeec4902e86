import type { RcmError } from "../../errors.ts";
import { HEREDOC, HEREDOC_BEGIN, IDENTIFIER, matchAt, NUMBER } from "./characters.ts";
import { MOST_PROBLEMS } from "./limits.ts";
import { problemAt } from "./problem.ts";
import type { Source } from "./source.ts";
import { scanHeredoc, scanQuoted } from "./template-text.ts";
import { SIGNS, type Token, type TokenType } from "./token.ts";

/** All tokens of a source, comments and newlines too, the last one of type `end`; and what was wrong. */
export interface Lexed {
  readonly tokens: readonly Token[];
  readonly problems: readonly RcmError[];
}

/**
 * Takes a source apart into tokens.
 *
 * @param isTemplate all of it is what stands between the first and the last line of a heredoc
 */
export function lex(source: Source, isTemplate = false): Lexed {
  const lexer = new Lexer(source);
  if (isTemplate) lexer.beginTemplate();
  lexer.run();
  return { tokens: lexer.tokens, problems: lexer.problems };
}

/** What surrounds the place that is being read. */
type Mode =
  | { readonly kind: "quoted"; readonly open: Token }
  | {
      readonly kind: "heredoc";
      readonly open: Token;
      readonly marker: string | undefined;
      startOfLine: boolean;
    }
  /** Inside `${ }` or `%{ }`: an expression, with this many braces of its own open. */
  | { readonly kind: "sequence"; readonly open: Token; braces: number };

const BY_FIRST: ReadonlyMap<string, readonly (typeof SIGNS)[number][]> = new Map(
  [...new Set(SIGNS.map((sign) => sign.charAt(0)))].map((first) => [
    first,
    SIGNS.filter((sign) => sign.startsWith(first)),
  ]),
);

class Lexer {
  readonly tokens: Token[] = [];
  readonly problems: RcmError[] = [];
  readonly #source: Source;
  readonly #text: string;
  readonly #modes: Mode[] = [];
  #at: number;

  constructor(source: Source) {
    this.#source = source;
    this.#text = source.text;
    this.#at = source.text.startsWith("\uFEFF") ? 1 : 0;
  }

  beginTemplate(): void {
    const open = this.#add("open heredoc", this.#at);
    this.#modes.push({ kind: "heredoc", open, marker: undefined, startOfLine: true });
  }

  run(): void {
    while (this.#at < this.#text.length && this.problems.length < MOST_PROBLEMS) this.#next();
    const mode = this.#modes.at(-1);
    if (mode?.kind === "heredoc" && mode.marker === undefined) {
      this.#modes.pop();
      this.#add("close heredoc", this.#at);
    }
    if (this.#modes.length > 0) this.#closeAtEnd();
    this.#at = this.#text.length;
    this.#add("end", this.#at);
  }

  #next(): void {
    const mode = this.#modes.at(-1);
    if (mode?.kind === "quoted") this.#nextQuoted();
    else if (mode?.kind === "heredoc") this.#nextHeredoc(mode);
    else this.#nextPlain(mode);
  }

  /** Adds a token from where the lexer stands, and goes on behind it. */
  #add(type: TokenType, end: number): Token {
    const token = { type, source: this.#source, start: this.#at, end };
    this.tokens.push(token);
    this.#at = end;
    return token;
  }

  #fail(end: number, message: string, hint?: string): void {
    this.problems.push(problemAt(this.#add("invalid", end), message, hint));
  }

  #nextPlain(sequence: Extract<Mode, { kind: "sequence" }> | undefined): void {
    const character = this.#text.charAt(this.#at);
    if (character === " " || character === "\t") this.#at++;
    else if (character === "\n") this.#add("newline", this.#at + 1);
    else if (this.#text.startsWith("\r\n", this.#at)) this.#add("newline", this.#at + 2);
    else if (character === "#" || this.#text.startsWith("//", this.#at)) this.#lineComment();
    else if (this.#text.startsWith("/*", this.#at)) this.#blockComment();
    else if (character === '"')
      this.#modes.push({ kind: "quoted", open: this.#add("open quote", this.#at + 1) });
    else if (this.#text.startsWith("<<", this.#at)) this.#openHeredoc();
    else if (!this.#brace(sequence)) this.#word(character);
  }

  #lineComment(): void {
    const newline = this.#text.indexOf("\n", this.#at);
    const end = newline === -1 ? this.#text.length : newline;
    this.#add("comment", this.#text.charAt(end - 1) === "\r" && newline !== -1 ? end - 1 : end);
  }

  #blockComment(): void {
    const end = this.#text.indexOf("*/", this.#at + 2);
    if (end !== -1) this.#add("comment", end + 2);
    else this.#fail(this.#text.length, 'This comment is never closed; expected "*/"');
  }

  #openHeredoc(): void {
    const match = matchAt(HEREDOC, this.#text, this.#at);
    if (!match?.[1]) {
      this.#fail(
        this.#endOfBrokenHeredoc(),
        'A heredoc begins with "<<" or "<<-", a name, and at once the end of the line',
      );
      return;
    }
    const open = this.#add("open heredoc", this.#at + match[0].length);
    this.#modes.push({ kind: "heredoc", open, marker: match[1], startOfLine: true });
  }

  /** Where its closing line ends, if there is one, so that its text is not read as code. */
  #endOfBrokenHeredoc(): number {
    const [begin = "<<", marker] = matchAt(HEREDOC_BEGIN, this.#text, this.#at) ?? [];
    const closing = marker && new RegExp(`^[ \\t]*${marker}[ \\t]*$`, "mu").exec(this.#text.slice(this.#at));
    return this.#at + (closing ? closing.index + closing[0].length : begin.length);
  }

  /** Braces that belong to a sequence; false for all else. */
  #brace(sequence: Extract<Mode, { kind: "sequence" }> | undefined): boolean {
    if (!sequence) return false;
    const character = this.#text.charAt(this.#at);
    const closes = sequence.braces === 0;
    if (closes && (character === "}" || this.#text.startsWith("~}", this.#at))) {
      this.#add("close sequence", this.#at + (character === "~" ? 2 : 1));
      this.#modes.pop();
      return true;
    }
    if (character === "{") sequence.braces++;
    else if (character === "}") sequence.braces--;
    return false;
  }

  #word(character: string): void {
    const sign = BY_FIRST.get(character)?.find((sign) => this.#text.startsWith(sign, this.#at));
    if (sign) {
      this.#add(sign, this.#at + sign.length);
      return;
    }
    const identifier = matchAt(IDENTIFIER, this.#text, this.#at);
    const match = identifier ?? matchAt(NUMBER, this.#text, this.#at);
    if (match) this.#add(identifier ? "identifier" : "number", this.#at + match[0].length);
    else this.#invalid(String.fromCodePoint(this.#text.codePointAt(this.#at) ?? 0));
  }

  #invalid(character: string): void {
    const known = HINTS[character];
    const shown = /^[\p{L}\p{N}\p{P}\p{S}]$/u.test(character)
      ? `"${character}"`
      : `U+${character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, "0")}`;
    const other = HINTS[character] === QUOTES ? matchAt(OTHER_QUOTES, this.#text, this.#at)?.[0] : undefined;
    this.#fail(this.#at + (other ?? character).length, `The character ${shown} means nothing here`, known);
  }

  #nextQuoted(): void {
    const { end, stop } = scanQuoted(this.#text, this.#at);
    if (end > this.#at) this.#add("quoted text", end);
    if (stop === "sequence") this.#openSequence();
    else if (stop === "quote") {
      this.#add("close quote", end + 1);
      this.#modes.pop();
    } else if (stop === "newline") this.#unterminated();
  }

  #nextHeredoc(mode: Extract<Mode, { kind: "heredoc" }>): void {
    const found = scanHeredoc(this.#text, this.#at, mode.startOfLine ? mode.marker : undefined);
    if (found.stop === "marker") {
      this.#add("close heredoc", found.end);
      this.#modes.pop();
      return;
    }
    this.#refuseReturn(found.end);
    if (found.end > this.#at) this.#add("heredoc text", found.end);
    mode.startOfLine = found.stop === "newline";
    if (found.stop === "sequence") this.#openSequence();
  }

  /** HashiCorp's parser takes a carriage return for nothing but a part of a line's end, too. */
  #refuseReturn(end: number): void {
    const start = this.#text.indexOf("\r", this.#at);
    if (start === -1 || start >= end || this.#text.charAt(start + 1) === "\n") return;
    const place = { source: this.#source, start, end: start + 1 };
    const hint = 'Inside of a line write ${"\\r"}';
    this.problems.push(
      problemAt(place, "A carriage return stands alone here; expected the end of the line behind it", hint),
    );
  }

  #openSequence(): void {
    const type = this.#text.charAt(this.#at) === "$" ? "open interpolation" : "open directive";
    const length = this.#text.charAt(this.#at + 2) === "~" ? 3 : 2;
    this.#modes.push({ kind: "sequence", open: this.#add(type, this.#at + length), braces: 0 });
  }

  /** A string whose line ends: what it stands in is over, too, up to a heredoc, so that the next line is read afresh. */
  #unterminated(): void {
    const heredoc = this.#modes.findLastIndex((mode) => mode.kind === "heredoc");
    const broken = this.#modes.splice(heredoc + 1);
    const string = broken.findIndex((mode) => mode.kind === "quoted");
    const culprit = broken[string + 1] ?? broken[string];
    if (culprit) this.#neverClosed(culprit.open);
    this.#add("invalid", this.#at);
  }

  #closeAtEnd(): void {
    const mode = this.#modes.at(-1);
    if (mode?.kind === "heredoc") {
      const message = `This heredoc is never closed; expected a line "${mode.marker}"`;
      const hint = "The marker stands alone on its line, and that line has an end";
      this.problems.push(problemAt(mode.open, message, hint));
    } else if (mode) this.#neverClosed(mode.open);
    this.#add("invalid", this.#at);
  }

  #neverClosed(open: Token): void {
    const [what, wanted] =
      open.type === "open quote"
        ? ["string", "quote"]
        : [`"${this.#text.slice(open.start, open.end)}"`, '"}"'];
    this.problems.push(problemAt(open, `This ${what} is never closed; expected a closing ${wanted}`));
  }
}

const QUOTES = 'Strings stand in double quotes: "text"';
const OTHER_QUOTES = /(['`]).*?\1/y;

const HINTS: Readonly<Record<string, string>> = {
  "'": QUOTES,
  "`": QUOTES,
  ";": "Each argument stands on a line of its own",
  "&": 'Write "&&" for "and"; there are no operators on bits',
  "|": 'Write "||" for "or"; there are no operators on bits',
  "^": "There is no such operator",
  "~": `The sign "~" belongs at the begin or end of a sequence, as in "\${~ x ~}"`,
};
