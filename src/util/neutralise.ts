import { isUtf8 } from "node:buffer";

/**
 * Makes text of unknown origin harmless on a terminal: every control and every invisible format character is
 * shown escaped (`\x1b[31m`, `\r`, `\u202e`), bytes that are not UTF-8 as `\xNN`; newline and tab stay. Without
 * its escape character, a sequence is ordinary text, so there is no sequence to know, and none to get wrong.
 *
 * @example
 * neutralise("\x1b]0;owned\x07") // "\\x1b]0;owned\\x07"
 */
export function neutralise(text: string | Buffer): string {
  if (typeof text === "string") return escapeText(text.replaceAll("\r\n", "\n"));
  const neutraliser = new Neutraliser();
  return neutraliser.push(text) + neutraliser.end();
}

/** The same for a place that has room for one line: newlines are shown escaped too, a tab becomes a space. */
export function neutraliseLine(text: string | Buffer): string {
  return neutralise(text).replaceAll("\n", "\\n").replaceAll("\t", " ");
}

/** {@link neutralise} for a stream: the outcome is the same wherever its chunks are split. */
export class Neutraliser {
  /** Bytes that only the next chunk can explain: the start of a character, or a carriage return. */
  #rest: Buffer = Buffer.alloc(0);

  push(chunk: Buffer): string {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const end = decidableEnd(bytes);
    this.#rest = Buffer.from(bytes.subarray(end));
    return neutraliseBytes(bytes.subarray(0, end));
  }

  /** What was still held back. */
  end(): string {
    const rest = this.#rest;
    this.#rest = Buffer.alloc(0);
    return neutraliseBytes(rest);
  }
}

function neutraliseBytes(bytes: Buffer): string {
  if (isUtf8(bytes)) return escapeText(bytes.toString("utf8").replaceAll("\r\n", "\n"));
  let text = "";
  let start = 0;
  for (let at = 0; at < bytes.length; ) {
    const length = characterLength(bytes, at);
    if (length === 0) {
      text += `${neutraliseBytes(bytes.subarray(start, at))}\\x${hex(bytes[at] ?? 0, 2)}`;
      start = at + 1;
    }
    at += length || 1;
  }
  return text + neutraliseBytes(bytes.subarray(start));
}

/** Where the bytes that can be judged without those to come end. */
function decidableEnd(bytes: Buffer): number {
  if (bytes.at(-1) === CARRIAGE_RETURN) return bytes.length - 1;
  for (let at = Math.max(0, bytes.length - 3); at < bytes.length; at += 1) {
    if (isStartOfCharacter(bytes.subarray(at))) return at;
  }
  return bytes.length;
}

const CARRIAGE_RETURN = 0x0d;

/** True when more bytes could make a character of these: the least and the greatest continuation tell. */
function isStartOfCharacter(bytes: Buffer): boolean {
  const missing = lengthByLead(bytes[0] ?? 0) - bytes.length;
  if (missing <= 0) return false;
  return [0x80, 0xbf].some((byte) => isUtf8(Buffer.concat([bytes, Buffer.alloc(missing, byte)])));
}

/** Length of the UTF-8 character at an offset, 0 when there is none. */
function characterLength(bytes: Buffer, at: number): number {
  const length = lengthByLead(bytes[at] ?? 0);
  return at + length <= bytes.length && isUtf8(bytes.subarray(at, at + length)) ? length : 0;
}

function lengthByLead(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead < 0xe0) return 2;
  return lead < 0xf0 ? 3 : 4;
}

/** Printable ASCII, newline and tab: nearly all there ever is, and nothing to do. */
const HARMLESS = /^[\n\t\x20-\x7e]*$/;

/** Controls, format characters (bidi, BOM), line separators, lone surrogates, and all that is drawn as nothing. */
const UNSAFE = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu;

const EMOJI_LOOK = "\ufe0f";

function escapeText(text: string): string {
  return HARMLESS.test(text) ? text : text.replace(UNSAFE, escapeCharacter);
}

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (character === "\r") return "\\r";
  // It only asks for the coloured look of the sign before it, and it is in the output of many honest tools.
  if (character === EMOJI_LOOK) return "";
  if (code < 0x80) return `\\x${hex(code, 2)}`;
  return code > 0xffff ? `\\u{${hex(code, 1)}}` : `\\u${hex(code, 4)}`;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, "0");
}
