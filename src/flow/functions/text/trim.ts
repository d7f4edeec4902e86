import { define } from "../define.ts";
import { checkLength } from "../limits.ts";
import { int, text } from "../params.ts";

/** Functions about what a text begins and ends with. */
export const TRIM = [
  define({
    name: "chomp",
    category: "Text",
    params: [text("text")],
    summary: "The text without the newlines at its end.",
    examples: [
      ['chomp("hello\\n")', '"hello"'],
      ['chomp("hello\\r\\n\\n")', '"hello"'],
    ],
    call: ([text]) => trimEnd(text, "\r\n"),
  }),
  define({
    name: "indent",
    category: "Text",
    params: [int("spaces", { min: 0 }), text("text")],
    summary: "The text with so many spaces before every line but the first.",
    examples: [['indent(2, "[\\n  foo,\\n]")', '"[\\n    foo,\\n  ]"']],
    call: ([spaces, text]) => {
      const lines = text.split("\n");
      checkLength(text.length + spaces * (lines.length - 1));
      return lines.join(`\n${" ".repeat(lines.length > 1 ? spaces : 0)}`);
    },
  }),
  define({
    name: "trim",
    category: "Text",
    params: [text("text"), text("characters")],
    summary: "The text without any of these characters at its begin and its end.",
    examples: [
      ['trim("?!hello?!", "!?")', '"hello"'],
      ['trim("foobar", "far")', '"oob"'],
      ['trim("   hello! world.!  ", "! ")', '"hello! world."'],
    ],
    call: ([text, characters]) => trimStart(trimEnd(text, characters), characters),
  }),
  define({
    name: "trimprefix",
    category: "Text",
    params: [text("text"), text("prefix")],
    summary: "The text without a prefix, if it has it.",
    examples: [
      ['trimprefix("helloworld", "hello")', '"world"'],
      ['trimprefix("helloworld", "cat")', '"helloworld"'],
      ['trimprefix("--hello", "-")', '"-hello"'],
    ],
    call: ([text, prefix]) => (text.startsWith(prefix) ? text.slice(prefix.length) : text),
  }),
  define({
    name: "trimspace",
    category: "Text",
    params: [text("text")],
    summary: "The text without the white space at its begin and its end.",
    examples: [['trimspace("  hello\\n\\n")', '"hello"']],
    call: ([text]) => text.trim(),
  }),
  define({
    name: "trimsuffix",
    category: "Text",
    params: [text("text"), text("suffix")],
    summary: "The text without a suffix, if it has it.",
    examples: [
      ['trimsuffix("helloworld", "world")', '"hello"'],
      ['trimsuffix("hello--", "-")', '"hello-"'],
    ],
    call: ([text, suffix]) => (suffix !== "" && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text),
  }),
];

/** Without any of some characters at its begin. */
export function trimStart(text: string, characters: string): string {
  const cut = new Set(characters);
  let start = 0;
  for (const character of text) {
    if (!cut.has(character)) break;
    start += character.length;
  }
  return text.slice(start);
}

/** Without any of some characters at its end. */
export function trimEnd(text: string, characters: string): string {
  const cut = new Set(characters);
  let end = text.length;
  while (end > 0) {
    const last = characterBefore(text, end);
    if (!cut.has(last)) break;
    end -= last.length;
  }
  return text.slice(0, end);
}

function characterBefore(text: string, end: number): string {
  const pair = text.slice(Math.max(0, end - 2), end);
  return /^[\ud800-\udbff][\udc00-\udfff]$/.test(pair) ? pair : pair.slice(-1);
}
