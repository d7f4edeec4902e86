import type { Expression, ForDirective, IfDirective, Literal, Template } from "./ast.ts";
import type { Parser } from "./parser.ts";
import type { Span } from "./source.ts";
import type { Directive, Ending, ForPiece, IfPiece, Piece } from "./template-piece.ts";

/** Puts a template's pieces together: what stands between `%{ if }` and `%{ endif }` becomes a part of it. */
export function assemble(parser: Parser, pieces: readonly Piece[], span: Span): Template {
  return templateUntil({ parser, pieces, at: 0 }, [], span);
}

interface Walk {
  readonly parser: Parser;
  readonly pieces: readonly Piece[];
  at: number;
}

/** Reads up to one of some directives, which stays; without any, up to the end. */
function templateUntil(walk: Walk, endings: readonly Ending[], opening: Span): Template {
  const parts: Expression[] = [];
  for (;;) {
    const piece = walk.pieces[walk.at];
    if (!piece) break;
    if (isEnding(piece)) {
      if (endings.includes(piece.kind)) break;
      stray(walk, piece, endings);
    }
    walk.at++;
    parts.push(partOf(walk, piece));
  }
  if (endings.length > 0 && walk.at >= walk.pieces.length) {
    const wanted = endings.map((name) => `"%{ ${name} }"`).join(" or ");
    walk.parser.fail(opening, `This directive is never closed; expected ${wanted}`);
  }
  const whole = parts.length === 0 ? [literal("", opening)] : meld(parts);
  return walk.parser.madeOf({ kind: "template", parts: whole, ...opening }, whole);
}

function isEnding(piece: Piece): piece is Extract<Directive, { kind: Ending }> {
  return piece.kind === "else" || piece.kind === "endif" || piece.kind === "endfor";
}

function stray(
  { parser }: Walk,
  { kind, span }: { kind: Ending; span: Span },
  endings: readonly Ending[],
): never {
  const wanted = endings.map((name) => `"%{ ${name} }"`).join(" or ");
  const opener = kind === "endfor" ? "for" : "if";
  const why = wanted === "" ? `there is no "%{ ${opener} }" before it` : `expected ${wanted}`;
  return parser.fail(span, `"%{ ${kind} }" does not fit here; ${why}`);
}

function partOf(walk: Walk, piece: Exclude<Piece, { kind: Ending }>): Expression {
  if (piece.kind === "text") return literal(piece.text, piece.span);
  if (piece.kind === "value") return piece.value;
  return walk.parser.nested(() =>
    piece.kind === "if" ? ifDirective(walk, piece) : forDirective(walk, piece),
  );
}

function literal(text: string, { source, start, end }: Span): Literal {
  return { kind: "literal", value: text, source, start, end };
}

/** Lines of a heredoc are pieces of their own; behind this they are one text. */
function meld(parts: readonly Expression[]): readonly Expression[] {
  const melded: Expression[] = [];
  let run: Literal[] = [];
  const flush = (): void => {
    const [first] = run;
    const last = run.at(-1);
    if (first && last)
      melded.push({ ...first, value: run.map(({ value }) => value).join(""), end: last.end });
    run = [];
  };
  for (const part of parts) {
    if (part.kind === "literal" && typeof part.value === "string") run.push(part);
    else {
      flush();
      melded.push(part);
    }
  }
  flush();
  return melded;
}

function ifDirective(walk: Walk, { condition, span }: IfPiece): IfDirective {
  const then = templateUntil(walk, ["else", "endif"], span);
  const divider = walk.pieces[walk.at++];
  const hasElse = divider?.kind === "else";
  const otherwise = hasElse ? templateUntil(walk, ["endif"], divider.span) : undefined;
  const end = hasElse ? walk.pieces[walk.at++] : divider;
  const made: IfDirective = { kind: "if directive", condition, then, otherwise, ...upTo(span, end) };
  return walk.parser.made(made, condition, then, otherwise);
}

function forDirective(walk: Walk, { span, keyName, valueName, collection }: ForPiece): ForDirective {
  const body = templateUntil(walk, ["endfor"], span);
  const end = walk.pieces[walk.at++];
  const made: ForDirective = {
    kind: "for directive",
    keyName,
    valueName,
    collection,
    body,
    ...upTo(span, end),
  };
  return walk.parser.made(made, collection, body);
}

function upTo(first: Span, last: Piece | undefined): Span {
  const end = last && "span" in last ? last.span.end : first.end;
  return { source: first.source, start: first.start, end };
}
