import type { TokenType } from "../syntax/token.ts";
import { bracketChange } from "./brackets.ts";

/** A word of the formatted text: a token, or a whole heredoc. */
export interface Word {
  readonly type: TokenType;
  readonly text: string;
}

/** Whether a space stands behind the word at an index; the same rules as hclwrite's. */
export function hasSpace(words: readonly Word[], index: number): boolean {
  const [before, word, after] = [words[index - 1], words[index], words[index + 1]];
  if (!word || !after) return false;
  if (word.type === "." || after.type === ".") return keepsNumbersApart(words, index);
  if (word.type === "identifier" && after.type === "(") return false;
  if (word.type === "::" || after.type === "::") return false;
  if (after.type === "," || after.type === "...") return false;
  if (word.type === ",") return true;
  if (isInTemplate(word.type, after.type)) return false;
  if (word.text === "in" && before?.type === "identifier") return true;
  if (after.type === "[" && (INDEXED.has(word.type) || bracketChange(word.type) < 0)) return false;
  if (word.type === "*" && before?.type === ".") return after.type !== "[" && bracketChange(after.type) >= 0;
  if (word.type === "!") return false;
  if (word.type === "-") return isSubtraction(before?.type);
  return aroundBrackets(word.type, after.type);
}

/** `a.0 .1` is two indexes, `a.0.1` would be a number. */
function keepsNumbersApart(words: readonly Word[], index: number): boolean {
  const [word, after, next] = [words[index], words[index + 1], words[index + 2]];
  return word?.type === "number" && after?.type === "." && next?.type === "number";
}

const TEXT: ReadonlySet<TokenType> = new Set(["quoted text", "heredoc text"]);
const INDEXED: ReadonlySet<TokenType> = new Set(["identifier", "number", "close quote"]);

function isInTemplate(word: TokenType, after: TokenType): boolean {
  return TEXT.has(word) || TEXT.has(after) || word === "open quote" || after === "close quote";
}

const BEFORE_SIGN: ReadonlySet<TokenType> = new Set([
  ...([
    "(",
    "{",
    "[",
    "=",
    ":",
    ",",
    "?",
    "+",
    "*",
    "/",
    "%",
    "-",
    "==",
    "!=",
    ">",
    ">=",
    "<",
    "<=",
  ] as const),
  ...(["&&", "||", "!", "=>", "open interpolation"] as const),
]);

/** A minus behind the end of a value subtracts; any other one is a sign. */
function isSubtraction(before: TokenType | undefined): boolean {
  return before !== undefined && !BEFORE_SIGN.has(before);
}

function aroundBrackets(word: TokenType, after: TokenType): boolean {
  if (word === "{" || after === "}") return !(word === "{" && after === "}");
  const opens = word === "open interpolation" || word === "open directive";
  if (opens && after === "{") return true;
  if (word === "}" && after === "close sequence") return true;
  if (word === "close sequence" && bracketChange(after) > 0) return false;
  return bracketChange(word) <= 0 && bracketChange(after) >= 0;
}
