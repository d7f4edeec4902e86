type Errors = "strict" | "ignore" | "replace";

interface Charset {
  /** The name that TextDecoder knows. */
  readonly decoder: string;
  readonly encode: (text: string) => Uint8Array;
  /** The highest character that it has; undefined when it has all. */
  readonly highest?: number;
  /** A mark of the byte order is none of the text. */
  readonly marked?: boolean;
}

const UTF16 = (text: string): Buffer => Buffer.from(text, "utf16le");

const CHARSETS: Readonly<Record<string, Charset>> = {
  utf8: { decoder: "utf-8", encode: (text) => Buffer.from(text) },
  ascii: { decoder: "latin1", encode: (text) => Buffer.from(text, "latin1"), highest: 0x7f },
  latin1: { decoder: "latin1", encode: (text) => Buffer.from(text, "latin1"), highest: 0xff },
  // With the mark of its byte order before it, as in Python.
  utf16: { decoder: "utf-16le", encode: (text) => UTF16(`\ufeff${text}`), marked: true },
  utf16le: { decoder: "utf-16le", encode: UTF16 },
  utf16be: { decoder: "utf-16be", encode: (text) => UTF16(text).swap16() },
};

const ALIASES: Readonly<Record<string, string>> = { usascii: "ascii", iso88591: "latin1", l1: "latin1" };

/** @throws Error for an encoding that is not known, and when it has not all characters and errors are strict */
export function encode(text: string, encoding: string, errors: Errors | string = "strict"): Uint8Array {
  const charset = charsetOf(encoding);
  const { highest } = charset;
  const fitting = Array.from(wellFormed(text), (character) => {
    if (highest === undefined || (character.codePointAt(0) ?? 0) <= highest) return character;
    if (errors === "strict") {
      throw new Error(
        `the encoding ${JSON.stringify(encoding)} has no character ${JSON.stringify(character)}`,
      );
    }
    return errors === "ignore" ? "" : "?";
  });
  return charset.encode(fitting.join(""));
}

/** @throws Error for an encoding that is not known, and when the bytes are none of it and errors are strict */
export function decode(bytes: Uint8Array, encoding: string, errors: Errors | string = "strict"): string {
  const { decoder, highest, marked = false } = charsetOf(encoding);
  // TextDecoder takes Latin 1 for Windows-1252.
  const text =
    decoder === "latin1"
      ? Buffer.from(bytes).toString("latin1")
      : decodeUnicode(bytes, decoder, errors, !marked);
  if (text === undefined || (highest === 0x7f && /[^\0-\x7f]/.test(text) && errors === "strict")) {
    throw new Error(`these bytes are no text in the encoding ${JSON.stringify(encoding)}`);
  }
  if (highest !== 0x7f) return errors === "ignore" ? text.replaceAll("\ufffd", "") : text;
  return text.replaceAll(/[^\0-\x7f]/g, errors === "ignore" ? "" : "\ufffd");
}

function decodeUnicode(
  bytes: Uint8Array,
  decoder: string,
  errors: string,
  ignoreBOM: boolean,
): string | undefined {
  try {
    return new TextDecoder(decoder, { fatal: errors === "strict", ignoreBOM }).decode(bytes);
  } catch {
    return undefined;
  }
}

function charsetOf(encoding: string): Charset {
  const name = encoding.toLowerCase().replaceAll(/[-_ ]/g, "");
  const charset = CHARSETS[ALIASES[name] ?? name];
  if (charset) return charset;
  throw new Error(
    `there is no encoding ${JSON.stringify(encoding)}; expected utf-8, ascii, latin-1, utf-16, utf-16-le or utf-16-be`,
  );
}

/** With the sign for what is no character in place of halves of one. */
export function wellFormed(text: string): string {
  return text.replaceAll(/\p{Surrogate}/gu, "\ufffd");
}
