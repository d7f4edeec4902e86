import type { Parser } from "./parser.ts";
import { textOf } from "./source.ts";
import type { Token } from "./token.ts";

/** The text that a piece of a string stands for. */
export function unescapeQuoted(parser: Parser, token: Token): string {
  return textOf(token).replaceAll(ESCAPE, (sequence, _sign: string | undefined, offset: number) =>
    sequence.startsWith("\\") ? decode(parser, token, sequence, offset) : sequence.slice(1),
  );
}

/** A backslash and what follows it as far as it is meant by it, or an escaped `$${` or `%%{`. */
const ESCAPE = /\\(?:u[\da-fA-F]{0,4}|U[\da-fA-F]{0,8}|.?)|([$%])\1\{/gsu;

const SHORT: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", '"': '"', "\\": "\\" };

function decode(parser: Parser, token: Token, sequence: string, offset: number): string {
  const selector = sequence.slice(1, 2);
  if (selector === "u" || selector === "U") return decodeHex(parser, token, sequence, offset);
  const short = SHORT[sequence.slice(1)];
  return (
    short ??
    refuse(parser, token, sequence, offset, 'expected \\n, \\r, \\t, \\", \\\\, \\uNNNN or \\UNNNNNNNN')
  );
}

function decodeHex(parser: Parser, token: Token, sequence: string, offset: number): string {
  const wanted = sequence.charAt(1) === "u" ? 4 : 8;
  const digits = sequence.slice(2);
  const code = Number.parseInt(digits, 16);
  if (digits.length < wanted) {
    return refuse(parser, token, sequence, offset, `expected ${wanted} hexadecimal digits`);
  }
  if (code > 0x10ffff)
    return refuse(parser, token, sequence, offset, "expected a character up to \\U0010FFFF");
  return code >= 0xd800 && code <= 0xdfff ? "\uFFFD" : String.fromCodePoint(code);
}

function refuse(parser: Parser, token: Token, sequence: string, offset: number, wanted: string): never {
  const start = token.start + offset;
  const span = { source: token.source, start, end: start + sequence.length };
  parser.fail(span, `The escape "${sequence}" is unknown or incomplete; ${wanted}`);
}
