import type { Label, Template, Wrap } from "./ast.ts";
import { parseForHead } from "./collection.ts";
import { unescapeQuoted } from "./escapes.ts";
import { removeIndent } from "./indent.ts";
import type { Parser } from "./parser.ts";
import { spanning, textOf } from "./source.ts";
import type { Ending, ForPiece, IfPiece, Piece, TextPiece } from "./template-piece.ts";
import { assemble } from "./template-tree.ts";
import type { Token } from "./token.ts";

/** Reads a string or heredoc. */
export function parseTemplate(parser: Parser): Template | Wrap {
  const open = parser.read();
  const close = open.type === "open quote" ? "close quote" : "close heredoc";
  const pieces = parsePieces(parser, close);
  const span = parser.since(open);
  const flush = textOf(open).startsWith("<<-");
  const kept = flush ? removeIndent(pieces) : pieces;
  const [only, second] = kept;
  if (only?.kind === "value" && !second)
    return parser.made({ kind: "wrap", inner: only.value, ...span }, only.value);
  return assemble(parser, kept, span);
}

/** Reads a block's label in quotes. */
export function parseLabel(parser: Parser): Label {
  const open = parser.read();
  let text = "";
  for (;;) {
    const token = parser.peek();
    if (token.type === "close quote") break;
    if (token.type !== "quoted text")
      parser.fail(token, "A label is plain text; expected no interpolation in it");
    text += unescapeQuoted(parser, parser.read());
  }
  parser.read();
  return { text, ...parser.since(open) };
}

/** Reads up to the closing token, and takes it; `~` has eaten its whitespace. */
function parsePieces(parser: Parser, close: "close quote" | "close heredoc"): Piece[] {
  const pieces: Piece[] = [];
  let trim = false;
  while (!parser.take(close)) {
    const token = parser.read();
    if (token.type === "quoted text" || token.type === "heredoc text") {
      pieces.push(textPiece(parser, token, trim));
      trim = false;
    } else {
      if (textOf(token).endsWith("~")) trimLast(pieces);
      pieces.push(parser.newlines(false, () => parseSequence(parser, token)));
      trim = textOf(parser.last).startsWith("~");
    }
  }
  return pieces;
}

function textPiece(parser: Parser, token: Token, trim: boolean): TextPiece {
  const text = token.type === "quoted text" ? unescapeQuoted(parser, token) : unescapeHeredoc(textOf(token));
  return { kind: "text", text: trim ? text.trimStart() : text, span: spanning(token, token) };
}

/** Only `$${` and `%%{` are escapes in a heredoc. */
function unescapeHeredoc(text: string): string {
  return text.replaceAll(/([$%])\1\{/g, "$1{");
}

function trimLast(pieces: Piece[]): void {
  const last = pieces.at(-1);
  if (last?.kind === "text") pieces[pieces.length - 1] = { ...last, text: last.text.trimEnd() };
}

function parseSequence(parser: Parser, open: Token): Piece {
  if (open.type === "open directive") return parser.nested(() => parseDirective(parser, open));
  if (open.type !== "open interpolation") parser.fail(open, "This template is never closed");
  const value = parser.expression();
  closeSequence(parser, "${");
  return { kind: "value", value };
}

function closeSequence(parser: Parser, opening: string): void {
  const hint = opening === "${" && parser.is(":") ? 'Meant as plain text, it is written "$${"' : undefined;
  if (!parser.take("close sequence")) parser.unexpected(`an operator, or "}" to close "${opening}"`, hint);
}

function parseDirective(parser: Parser, open: Token): Piece {
  const word = parser.peek();
  const name = word.type === "identifier" ? textOf(word) : "";
  if (name !== "for" && !isPlain(name)) {
    return parser.unexpected('"if", "else", "endif", "for" or "endfor" after "%{"');
  }
  const directive = name === "for" ? forPiece(parser) : plainPiece(parser, name);
  closeSequence(parser, `%{ ${name}`);
  return { ...directive, span: parser.since(open) };
}

function forPiece(parser: Parser): Omit<ForPiece, "span"> {
  return { kind: "for", ...parseForHead(parser) };
}

function plainPiece(parser: Parser, kind: PlainName): Omit<IfPiece, "span"> | { readonly kind: Ending } {
  parser.read();
  return kind === "if" ? { kind, condition: parser.expression() } : { kind };
}

type PlainName = "if" | Ending;

function isPlain(name: string): name is PlainName {
  return ["if", "else", "endif", "endfor"].includes(name);
}
