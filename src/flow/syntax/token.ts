import type { Span } from "./source.ts";

/** Signs that stand for themselves; longer ones first, since the longest match wins. */
export const SIGNS = [
  ...["...", "=>", "==", "!=", ">=", "<=", "&&", "||", "::"],
  ...["{", "}", "[", "]", "(", ")", ".", ",", "*", "/", "%", "+", "-", "=", "<", ">", "!", "?", ":"],
] as const;

/** A sign of the language. */
type Sign = (typeof SIGNS)[number];

/** What a token is; a sign is its own type. */
export type TokenType =
  | Sign
  | "number"
  | "identifier"
  | "newline"
  | "comment"
  | "open quote"
  | "close quote"
  | "open heredoc"
  | "close heredoc"
  | "quoted text"
  | "heredoc text"
  /** `${` or `${~`. */
  | "open interpolation"
  /** `%{` or `%{~`. */
  | "open directive"
  /** The `}` or `~}` of either. */
  | "close sequence"
  /** Nothing of HCL; a problem tells of it. */
  | "invalid"
  | "end";

/** A word of the language and where it stands. */
export interface Token extends Span {
  readonly type: TokenType;
}
