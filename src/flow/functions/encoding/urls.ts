import { define } from "../define.ts";
import { text } from "../params.ts";
import { wellFormed } from "../types/charsets.ts";

/** Functions about the way in which URLs hold text. */
export const URLS = [
  define({
    name: "urldecode",
    category: "Encoding",
    params: [text("text")],
    summary: "The text that one escaped for the query of a URL stands for.",
    examples: [['urldecode("Hello+World%21")', '"Hello World!"']],
    call: ([text]) => {
      try {
        return decodeURIComponent(text.replaceAll("+", " "));
      } catch {
        throw new Error(
          `the text is not escaped for a URL; expected % before two hexadecimal digits, of UTF-8`,
        );
      }
    },
  }),
  define({
    name: "urlencode",
    category: "Encoding",
    params: [text("text")],
    summary: "The text escaped for the query of a URL.",
    examples: [
      ['urlencode("Hello World!")', '"Hello+World%21"'],
      ['urlencode("☃")', '"%E2%98%83"'],
    ],
    call: ([text]) =>
      encodeURIComponent(wellFormed(text))
        .replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
        .replaceAll("%20", "+"),
  }),
];
