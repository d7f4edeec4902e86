import { gunzipSync, gzipSync } from "node:zlib";
import { asText } from "../../evaluate/convert.ts";
import { LONGEST_TEXT } from "../../evaluate/limits.ts";
import { define } from "../define.ts";
import { Bytes } from "../kinds/bytes.ts";
import { param, text } from "../params.ts";
import { decode, encode } from "../types/charsets.ts";

function content(name: string) {
  return param(name, "text or bytes", (value): Uint8Array | undefined => {
    const text = asText(value);
    return value instanceof Bytes ? value.data : text === undefined ? undefined : Buffer.from(text);
  });
}

/** Functions about Base64. */
export const BASE64 = [
  define({
    name: "base64decode",
    category: "Encoding",
    params: [text("text")],
    summary: "The text whose UTF-8 bytes a text in Base64 stands for.",
    examples: [['base64decode("SGVsbG8gV29ybGQ=")', '"Hello World"']],
    call: ([text]) => decode(fromBase64(text), "utf-8"),
  }),
  define({
    name: "base64encode",
    category: "Encoding",
    params: [content("content")],
    summary: "The UTF-8 bytes of a text, or bytes, in Base64.",
    examples: [['base64encode("Hello World")', '"SGVsbG8gV29ybGQ="']],
    call: ([content]) => Buffer.from(content).toString("base64"),
  }),
  define({
    name: "base64gunzip",
    category: "Encoding",
    params: [text("text")],
    summary: "The text that was compressed by gzip and then put in Base64.",
    examples: [['base64gunzip(base64gzip("Hello World"))', '"Hello World"']],
    call: ([text]) => decode(unpacked(fromBase64(text)), "utf-8"),
  }),
  define({
    name: "base64gzip",
    category: "Encoding",
    params: [content("content")],
    summary: "A text, or bytes, compressed by gzip, in Base64.",
    details: "Another version of Node may compress to other bytes, which mean the same.",
    examples: [['startswith(base64gzip("Hello World"), "H4sI")', "true"]],
    call: ([content]) => gzipSync(content).toString("base64"),
  }),
  define({
    name: "textdecodebase64",
    category: "Encoding",
    params: [text("text"), text("encoding")],
    summary: "The text that bytes in Base64 mean in an encoding.",
    examples: [['textdecodebase64("SABlAGwAbABvAA==", "UTF-16LE")', '"Hello"']],
    call: ([text, encoding]) => decode(fromBase64(text), encoding),
  }),
  define({
    name: "textencodebase64",
    category: "Encoding",
    params: [text("text"), text("encoding")],
    summary: "The bytes of a text in an encoding, in Base64.",
    details: "Encodings: `UTF-8`, `US-ASCII`, `ISO-8859-1`, `UTF-16`, `UTF-16LE` and `UTF-16BE`.",
    examples: [['textencodebase64("Hello", "UTF-16LE")', '"SABlAGwAbABvAA=="']],
    call: ([text, encoding]) => Buffer.from(encode(text, encoding)).toString("base64"),
  }),
];

/** @throws Error for what is no Base64, with its padding */
function fromBase64(text: string): Uint8Array {
  const packed = text.replaceAll(/[\r\n]/g, "");
  if (packed.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(packed)) {
    throw new Error(
      "the text is no Base64; expected letters, digits, + and /, and = up to a multiple of 4 characters",
    );
  }
  return Buffer.from(packed, "base64");
}

function unpacked(bytes: Uint8Array): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: LONGEST_TEXT });
  } catch (error) {
    throw new Error(`the content was not compressed by gzip, or is too large: ${(error as Error).message}`);
  }
}
