/** Where a run of text in a template ends, and what is there. */
export interface TextEnd {
  readonly end: number;
  /** `sequence` is `${` or `%{`; `marker` the closing line of a heredoc, whose end is where that line's text ends. */
  readonly stop: "sequence" | "quote" | "newline" | "marker" | "end";
}

/** Reads the text of a string up to its closing quote, its next sequence, or the end of the line. */
export function scanQuoted(text: string, from: number): TextEnd {
  let at = from;
  while (at < text.length) {
    const character = text.charAt(at);
    if (character === '"') return { end: at, stop: "quote" };
    if (character === "\n" || character === "\r") return { end: at, stop: "newline" };
    if (character === "\\" && !/[\r\n]/.test(text.charAt(at + 1))) at += 2;
    else {
      const length = literalLength(text, at);
      if (length === 0) return { end: at, stop: "sequence" };
      at += length;
    }
  }
  return { end: Math.min(at, text.length), stop: "end" };
}

/**
 * Reads the text of a heredoc up to its next sequence or behind the end of the line.
 *
 * @param marker the name that ends the heredoc, when the text begins a line
 */
export function scanHeredoc(text: string, from: number, marker: string | undefined): TextEnd {
  const closing = marker === undefined ? undefined : closingLine(text, from, marker);
  if (closing !== undefined) return { end: closing, stop: "marker" };
  let at = from;
  while (at < text.length) {
    if (text.charAt(at) === "\n") return { end: at + 1, stop: "newline" };
    const length = literalLength(text, at);
    if (length === 0) return { end: at, stop: "sequence" };
    at += length;
  }
  return { end: at, stop: "end" };
}

function closingLine(text: string, from: number, marker: string): number | undefined {
  const newline = text.indexOf("\n", from);
  if (newline === -1 || text.slice(from, newline).trim() !== marker) return undefined;
  return text.charAt(newline - 1) === "\r" ? newline - 1 : newline;
}

/** How many units of plain text stand here: three for an escaped `$${`, none where a sequence begins. */
function literalLength(text: string, at: number): number {
  const character = text.charAt(at);
  if (character !== "$" && character !== "%") return 1;
  if (text.charAt(at + 1) === "{") return 0;
  return text.startsWith(`${character}${character}{`, at) ? 3 : 1;
}
