import { define } from "../define.ts";
import { checkLength } from "../limits.ts";
import { int, listOf, param, text } from "../params.ts";
import { graphemes } from "./graphemes.ts";

/** Text and nothing that would convert to it. */
function textAlone(name: string) {
  return param(name, "text", (value) => (typeof value === "string" ? value : undefined));
}

/** Functions about the parts of a text. */
export const PARTS = [
  define({
    name: "endswith",
    category: "Text",
    params: [text("text"), text("suffix")],
    summary: "Whether the text ends with another one.",
    examples: [
      ['endswith("hello world", "world")', "true"],
      ['endswith("hello world", "hello")', "false"],
    ],
    call: ([text, suffix]) => text.endsWith(suffix),
  }),
  define({
    name: "join",
    category: "Text",
    params: [text("separator"), listOf(textAlone("texts"))],
    summary: "The texts of a list in a row, with a separator between them.",
    details:
      "Runflow's: items that are no text are refused, and there is one list. `[for x in xs : str(x)]` makes texts of them.",
    examples: [
      ['join(" ", ["echo", "hello", "world"])', '"echo hello world"'],
      ['join(", ", ["foo"])', '"foo"'],
      ['join("-", [for n in [1, 2] : str(n)])', '"1-2"'],
    ],
    call: ([separator, texts]) => {
      checkLength(texts.reduce((sum, one) => sum + one.length + separator.length, 0));
      return texts.join(separator);
    },
  }),
  define({
    name: "split",
    category: "Text",
    params: [text("separator"), text("text")],
    summary: "The pieces of the text between the separators; with an empty separator, its characters.",
    examples: [
      ['split(",", "foo,bar,baz")', '["foo", "bar", "baz"]'],
      ['split(",", "foo")', '["foo"]'],
      ['split(",", "")', '[""]'],
      ['split("", "abc")', '["a", "b", "c"]'],
    ],
    call: ([separator, text]) => (separator === "" ? [...text] : text.split(separator)),
  }),
  define({
    name: "startswith",
    category: "Text",
    params: [text("text"), text("prefix")],
    summary: "Whether the text begins with another one.",
    examples: [
      ['startswith("hello world", "hello")', "true"],
      ['startswith("hello world", "world")', "false"],
    ],
    call: ([text, prefix]) => text.startsWith(prefix),
  }),
  define({
    name: "strcontains",
    category: "Text",
    params: [text("text"), text("part")],
    summary: "Whether a text has another one in it.",
    examples: [
      ['strcontains("hello world", "wor")', "true"],
      ['strcontains("hello world", "wod")', "false"],
    ],
    call: ([text, part]) => text.includes(part),
  }),
  define({
    name: "strrev",
    category: "Text",
    params: [text("text")],
    summary: "The text backwards.",
    examples: [
      ['strrev("hello")', '"olleh"'],
      ['strrev("a ☃")', '"☃ a"'],
    ],
    call: ([text]) => graphemes(text).toReversed().join(""),
  }),
  define({
    name: "substr",
    category: "Text",
    params: [text("text"), int("offset"), int("length", { min: -1 })],
    summary:
      "A piece of the text, from an offset on and so many characters long; a length of -1 means all the rest.",
    details: "A negative offset counts from the end. Characters are those that readers see.",
    examples: [
      ['substr("hello world", 1, 4)', '"ello"'],
      ['substr("🤔🤷", 0, 1)', '"🤔"'],
      ['substr("hello world", -5, -1)', '"world"'],
      ['substr("hello world", 6, 10)', '"world"'],
    ],
    call: ([text, offset, length]) => {
      const characters = graphemes(text);
      const start = offset < 0 ? Math.max(0, characters.length + offset) : offset;
      return characters.slice(start, length === -1 ? undefined : start + length).join("");
    },
  }),
];
