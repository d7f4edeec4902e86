import { RcmError } from "../../errors.ts";
import { positionOf, type Span, textOf } from "./source.ts";
import type { Token } from "./token.ts";

/** A mistake in a flow, at the begin of a piece of it. */
export function problemAt(span: Span, message: string, hint?: string): RcmError {
  return new RcmError(message, { code: "flow", where: positionOf(span), hint });
}

/** A token in a message, such as `found "}"`. */
export function describeToken(token: Token): string {
  if (token.type === "end") return "the end of the file";
  if (token.type === "newline") return "the end of the line";
  if (token.type === "open quote") return "a string";
  if (token.type === "open heredoc") return "a heredoc";
  return `"${textOf(token).trim().slice(0, 40)}"`;
}
