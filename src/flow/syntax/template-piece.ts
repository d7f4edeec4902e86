import type { Expression, For } from "./ast.ts";
import type { Span } from "./source.ts";

/** One piece of a template, before directives are put together with what stands between them. */
export type Piece = TextPiece | ValuePiece | Directive;

/** Plain text, of one line of a heredoc at most. */
export interface TextPiece {
  readonly kind: "text";
  readonly text: string;
  readonly span: Span;
}

/** `${…}`. */
interface ValuePiece {
  readonly kind: "value";
  readonly value: Expression;
}

/** `%{…}`. */
export type Directive = IfPiece | ForPiece | { readonly kind: Ending; readonly span: Span };

/** What ends a branch or a loop. */
export type Ending = "else" | "endif" | "endfor";

/** `%{ if … }`. */
export interface IfPiece {
  readonly kind: "if";
  readonly condition: Expression;
  readonly span: Span;
}

/** `%{ for … in … }`. */
export interface ForPiece extends Pick<For, "keyName" | "valueName" | "collection"> {
  readonly kind: "for";
  readonly span: Span;
}
