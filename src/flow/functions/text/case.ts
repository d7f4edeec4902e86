import { define } from "../define.ts";
import { text } from "../params.ts";

/** Functions about capital and small letters. */
export const CASE = [
  define({
    name: "lower",
    category: "Text",
    params: [text("text")],
    summary: "The text in small letters.",
    examples: [
      ['lower("HELLO")', '"hello"'],
      ['lower("АЛЛО!")', '"алло!"'],
    ],
    call: ([text]) => text.toLowerCase(),
  }),
  define({
    name: "upper",
    category: "Text",
    params: [text("text")],
    summary: "The text in capital letters.",
    examples: [
      ['upper("hello")', '"HELLO"'],
      ['upper("алло!")', '"АЛЛО!"'],
    ],
    call: ([text]) => text.toUpperCase(),
  }),
  define({
    name: "title",
    category: "Text",
    params: [text("text")],
    summary: "The text with the first letter of every word as a capital.",
    examples: [['title("hello world")', '"Hello World"']],
    call: ([text]) => text.replaceAll(/(?<![\p{L}\p{N}_])\p{L}/gu, (letter) => letter.toUpperCase()),
  }),
];
