import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Neutraliser, neutralise, neutraliseLine } from "../../src/util/neutralise.ts";

const FORBIDDEN =
  /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]|\p{Cs}/u;

/** The bytes of attacks and of ordinary text, mixed, so that splits fall into the middle of both. */
const bytes = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 6 }),
      fc.string({ unit: "grapheme" }).map((text) => Buffer.from(text)),
      fc
        .constantFrom(
          "\x1b[31m",
          "\x1b]0;x\x07",
          "\x9b2J",
          "\u202e",
          "\r",
          "\r\n",
          "\n",
          "\ufeff",
          "日本",
          "👩‍💻",
        )
        .map((text) => Buffer.from(text)),
    ),
    { maxLength: 12 },
  )
  .map((parts) => Buffer.concat(parts));

describe("neutralise", () => {
  test.each([
    ["colour", "\x1b[31mred", "\\x1b[31mred"],
    ["title (OSC, BEL)", "\x1b]0;owned\x07", "\\x1b]0;owned\\x07"],
    ["clipboard (OSC 52, ST)", "\x1b]52;c;eA==\x1b\\", "\\x1b]52;c;eA==\\x1b\\"],
    ["DCS, APC, PM, SOS", "\x1bP1\x1b_2\x1b^3\x1bX4", "\\x1bP1\\x1b_2\\x1b^3\\x1bX4"],
    ["C1 as UTF-8", "\u009b2J\u0085", "\\u009b2J\\u0085"],
    ["C0 and DEL", "\0\b\v\f\x7f", "\\x00\\x08\\x0b\\x0c\\x7f"],
    ["lone CR", "10%\r20%\r", "10%\\r20%\\r"],
    ["CRLF is a newline", "a\r\nb", "a\nb"],
    ["CR CR LF", "a\r\r\n", "a\\r\n"],
    ["bidi", "\u202eabc\u2066\u061c\u200f", "\\u202eabc\\u2066\\u061c\\u200f"],
    ["BOM and zero width", "\ufeffa\u200bb", "\\ufeffa\\u200bb"],
    ["line separators", "a\u2028b\u2029", "a\\u2028b\\u2029"],
    ["tags, beyond the BMP", "\u{e0041}", "\\u{e0041}"],
    ["lone surrogate", "a\ud800", "a\\ud800"],
    ["variation selectors, but for the look of emoji", "a\ufe01✔\ufe0f", "a\\ufe01✔"],
    ["newline and tab stay", "a\n\tb", "a\n\tb"],
    ["letters of any script stay", "naïve 日本語 e\u0301 😀", "naïve 日本語 e\u0301 😀"],
  ])("%s", (_name, text, expected) => {
    expect(neutralise(text)).toBe(expected);
  });

  test.each([
    ["C1 as a byte", [0x9b, 0x32, 0x4a], "\\x9b2J"],
    ["overlong slash", [0xc0, 0xaf], "\\xc0\\xaf"],
    ["a surrogate in UTF-8", [0xed, 0xa0, 0x80], "\\xed\\xa0\\x80"],
    ["beyond Unicode", [0xf4, 0x90, 0x80, 0x80], "\\xf4\\x90\\x80\\x80"],
    ["cut off at the end", [0x61, 0xe6, 0x97], "a\\xe6\\x97"],
    ["cut off in the middle", [0xe6, 0x97, 0x61], "\\xe6\\x97a"],
    ["latin-1", [0x63, 0x61, 0x66, 0xe9], "caf\\xe9"],
  ])("bytes: %s", (_name, list, expected) => {
    expect(neutralise(Buffer.from(list))).toBe(expected);
  });

  test("lets nothing through, whatever comes", () => {
    fc.assert(
      fc.property(bytes, (data) => !FORBIDDEN.test(neutralise(data))),
      { numRuns: 2000 },
    );
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => !FORBIDDEN.test(neutralise(text))));
  });

  test("every character of the BMP is kept or shown, alone", () => {
    for (let code = 0; code < 0x10000; code += 1) {
      const shown = neutralise(String.fromCharCode(code));
      expect(FORBIDDEN.test(shown), code.toString(16)).toBe(false);
    }
  });

  test("one line has no newline and no tab", () => {
    expect(neutraliseLine("a\nb\tc\r\nd")).toBe("a\\nb c\\nd");
  });
});

describe("Neutraliser", () => {
  test("gives the same for every split", () => {
    const property = fc.property(bytes, (data) => {
      const whole = neutralise(data);
      for (let at = 0; at <= data.length; at += 1) {
        expect(inChunks([data.subarray(0, at), data.subarray(at)])).toBe(whole);
      }
      expect(inChunks([...data].map((byte) => Buffer.of(byte)))).toBe(whole);
    });
    fc.assert(property, { numRuns: 500 });
  });

  test("agrees with the decoder of a string on valid UTF-8", () => {
    const property = fc.property(fc.string({ unit: "grapheme" }), (text) => {
      expect(neutralise(Buffer.from(text))).toBe(neutralise(text));
    });
    fc.assert(property);
  });

  test("holds back no more than the start of one character", () => {
    const neutraliser = new Neutraliser();
    expect(neutraliser.push(Buffer.from([0x61, 0xf0, 0x9f, 0x98]))).toBe("a");
    expect(neutraliser.push(Buffer.from([0x80]))).toBe("😀");
    expect(neutraliser.end()).toBe("");
  });
});

function inChunks(chunks: readonly Buffer[]): string {
  const neutraliser = new Neutraliser();
  return chunks.map((chunk) => neutraliser.push(chunk)).join("") + neutraliser.end();
}
