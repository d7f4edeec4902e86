import { RE2JS } from "re2js";

/**
 * Whether a path with `/` between its parts fits a pattern.
 *
 * @throws Error when brackets or braces are not closed
 */
export function globMatcher(pattern: string): (path: string) => boolean {
  const regex = RE2JS.compile(regexOf(pattern), RE2JS.DOTALL);
  return (path) => regex.matches(path);
}

const PIECE = /\*\*\/|\/\*\*$|\*+|\?|\[[!^]?[^\]]+\]|[{},]|\\.|[^*?[\]{},\\]+|./gsu;

function regexOf(pattern: string): string {
  let depth = 0;
  const pieces = Array.from(pattern.matchAll(PIECE), ([piece]) => {
    if (piece === "{") depth++;
    const inside = depth > 0;
    if (piece === "}" && inside) depth--;
    return pieceOf(piece, inside, pattern);
  });
  if (depth > 0) throw new Error(`the pattern ${JSON.stringify(pattern)} has a "{" that is never closed`);
  return pieces.join("");
}

function pieceOf(piece: string, inBraces: boolean, pattern: string): string {
  if (piece === "**/") return "(?:[^/]*/)*";
  if (piece === "/**") return "/.*";
  if (piece === "**") return ".*";
  if (piece.startsWith("*")) return "[^/]*";
  if (piece === "?") return "[^/]";
  if (piece === "{") return "(?:";
  if (piece === "}" && inBraces) return ")";
  if (piece === "," && inBraces) return "|";
  if (piece === "[") throw new Error(`the pattern ${JSON.stringify(pattern)} has a "[" that is never closed`);
  if (piece.startsWith("[")) return piece.replace(/^\[!/, "[^").replaceAll("\\", "\\\\");
  return RE2JS.quote(piece.startsWith("\\") ? piece.slice(1) : piece);
}
