import { textOf } from "../syntax/source.ts";
import type { Token } from "../syntax/token.ts";
import { bracketChange } from "./brackets.ts";
import { hasSpace, type Word } from "./spacing.ts";

/** A line in three cells, each already spaced; the second begins with `=`. */
export interface Line {
  readonly lead: string;
  readonly assign: string;
  readonly comment: string;
  /** How many brackets it opens more than it closes. */
  readonly opens: number;
}

/** Takes tokens apart into lines; blank lines stay, but none at the end. */
export function linesOf(tokens: readonly Token[]): readonly Line[] {
  const lines: Word[][] = [[]];
  for (const word of wordsOf(tokens)) {
    if (word.type === "newline") lines.push([]);
    else lines.at(-1)?.push(word);
  }
  while (lines.at(-1)?.length === 0) lines.pop();
  return lines.map(lineOf);
}

/** Tokens as words: what is between the ends of a heredoc belongs to it as it is written. */
function wordsOf(tokens: readonly Token[]): readonly Word[] {
  const words: Word[] = [];
  let open: Token | undefined;
  let depth = 0;
  for (const token of tokens) {
    if (token.type === "open heredoc" && depth++ === 0) open = token;
    if (token.type === "close heredoc" && --depth === 0 && open) {
      words.push({ type: "open heredoc", text: token.source.text.slice(open.start, token.end) });
      open = undefined;
    } else if (depth === 0 && token.type !== "end") words.push({ type: token.type, text: textOf(token) });
  }
  return words;
}

function lineOf(words: readonly Word[]): Line {
  const hasComment = words.length > 1 && words.at(-1)?.type === "comment";
  const code = hasComment ? words.slice(0, -1) : words;
  const sign = code.findIndex((word, i) => i > 0 && word.type === "=");
  const splits = sign !== -1 && bracketsOf(code.slice(sign)) === 0;
  return {
    lead: spaced(splits ? code.slice(0, sign) : code),
    assign: splits ? spaced(code.slice(sign)) : "",
    comment: hasComment ? (words.at(-1)?.text ?? "") : "",
    opens: bracketsOf(code),
  };
}

function spaced(words: readonly Word[]): string {
  return words.map((word, i) => (hasSpace(words, i) ? `${word.text} ` : word.text)).join("");
}

function bracketsOf(words: readonly Word[]): number {
  return words.reduce((sum, { type }) => sum + bracketChange(type), 0);
}
