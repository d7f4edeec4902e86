import type { Piece } from "./template-piece.ts";

/** Takes away the whitespace that all lines of a `<<-` heredoc begin with; blank lines do not count. */
export function removeIndent(pieces: readonly Piece[]): readonly Piece[] {
  const starts = lineStarts(pieces);
  const shared = starts.reduce(
    (least, index) => Math.min(least, indentOf(pieces[index])),
    Number.POSITIVE_INFINITY,
  );
  if (!Number.isFinite(shared) || shared === 0) return pieces;
  const first = new Set(starts);
  return pieces.map((piece, index) =>
    piece.kind === "text" && first.has(index) && !isBlank(piece.text)
      ? { ...piece, text: piece.text.slice(shared) }
      : piece,
  );
}

/** The pieces that begin a line. */
function lineStarts(pieces: readonly Piece[]): readonly number[] {
  return [...pieces.keys()].filter((index) => {
    const before = pieces[index - 1];
    return index === 0 || (before?.kind === "text" && before.text.endsWith("\n"));
  });
}

function indentOf(piece: Piece | undefined): number {
  if (piece?.kind !== "text") return 0;
  return isBlank(piece.text) ? Number.POSITIVE_INFINITY : piece.text.length - piece.text.trimStart().length;
}

function isBlank(text: string): boolean {
  return text.trim() === "" && text.endsWith("\n");
}
