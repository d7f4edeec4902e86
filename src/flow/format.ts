import { align } from "./format/align.ts";
import { indent } from "./format/indent.ts";
import { linesOf } from "./format/line.ts";
import { lex } from "./syntax/lexer.ts";
import { parseFile } from "./syntax/parse.ts";
import { Source } from "./syntax/source.ts";

/**
 * A source in its canonical form, as `terraform fmt` would lay it out: two spaces a level, one space between words, the
 * `=` and the comments of neighbouring lines under each other. Comments and heredocs stay as they are. Formatting what
 * is formatted changes nothing.
 *
 * @throws RcmError or Problems, code `flow`, when the source is broken
 */
export function format(text: string, file = "<text>"): string {
  parseFile(text, file);
  const lines = linesOf(lex(new Source(text, file)).tokens);
  const laidOut = align(indent(lines));
  return laidOut.length === 0 ? "" : `${laidOut.join("\n")}\n`;
}
