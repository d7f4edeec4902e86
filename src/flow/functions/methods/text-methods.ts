import { ArgumentError } from "../argument-error.ts";
import { Bytes } from "../kinds/bytes.ts";
import { checkLength } from "../limits.ts";
import { int, list, listOf, optional, param, text, word } from "../params.ts";
import { trimEnd, trimStart } from "../text/trim.ts";
import { encode } from "../types/charsets.ts";
import { type Method, method } from "./method.ts";
import { afterLast, before, find, partsOf, replaceFirst, rightParts } from "./text-search.ts";

type TextMethods = Readonly<Record<string, Method<string>>>;

/** What Python calls white space. */
const SPACE =
  " \t\n\r\v\f\x1c\x1d\x1e\x1f\x85\xa0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000";

const ENDS = param("part", "text or a list of texts", (value) =>
  typeof value === "string" ? [value] : Array.isArray(value) ? listOf(text("part")).read(value) : undefined,
);

/** One character to fill up with. */
const FILL = optional(
  param("fill", "one character", (value) =>
    typeof value === "string" && [...value].length === 1 ? value : undefined,
  ),
);

/** A text of white space only is none of letters: whether all characters fit, and there is one. */
function each(pattern: RegExp): Method<string> {
  return method([], (self) => self !== "" && [...self].every((character) => pattern.test(character)));
}

const ABOUT: TextMethods = {
  count: method([text("part")], (self, [part]) =>
    part === "" ? [...self].length + 1 : self.split(part).length - 1,
  ),
  endswith: method([ENDS], (self, [parts]) => parts.some((part) => self.endsWith(part))),
  find: method([text("part")], (self, [part]) => find(self, part, self.indexOf(part))),
  index: method([text("part")], (self, [part]) => found(part, find(self, part, self.indexOf(part)))),
  rfind: method([text("part")], (self, [part]) => find(self, part, self.lastIndexOf(part))),
  rindex: method([text("part")], (self, [part]) => found(part, find(self, part, self.lastIndexOf(part)))),
  startswith: method([ENDS], (self, [parts]) => parts.some((part) => self.startsWith(part))),
  isalnum: each(/[\p{L}\p{N}]/u),
  isalpha: each(/\p{L}/u),
  isascii: method([], (self) => /^[\0-\x7f]*$/.test(self)),
  isdecimal: each(/\p{Nd}/u),
  isdigit: each(/[\p{Nd}²³¹⁰-⁹₀-₉]/u),
  islower: method([], (self) => self === self.toLowerCase() && self !== self.toUpperCase()),
  isnumeric: each(/\p{N}/u),
  isspace: method([], (self) => self !== "" && trimStart(self, SPACE) === ""),
  isupper: method([], (self) => self === self.toUpperCase() && self !== self.toLowerCase()),
};

const CASES: TextMethods = {
  capitalize: method([], capitalized),
  casefold: method([], (self) => self.toLowerCase().replaceAll("ß", "ss").replaceAll("ς", "σ")),
  lower: method([], (self) => self.toLowerCase()),
  swapcase: method([], (self) =>
    Array.from(self, (one) => (one === one.toLowerCase() ? one.toUpperCase() : one.toLowerCase())).join(""),
  ),
  title: method([], (self) => self.replaceAll(/\p{L}+/gu, capitalized)),
  upper: method([], (self) => self.toUpperCase()),
};

const SHAPES: TextMethods = {
  center: method([int("width"), FILL], (self, [width, fill = " "]) => {
    const missing = missingTo(self, width);
    const left = Math.floor(missing / 2) + (missing & width & 1);
    return fill.repeat(left) + self + fill.repeat(missing - left);
  }),
  expandtabs: method([optional(int("tabsize", { min: 0, max: 1000 }))], (self, [size = 8]) =>
    expanded(self, size),
  ),
  ljust: method(
    [int("width"), FILL],
    (self, [width, fill = " "]) => self + fill.repeat(missingTo(self, width)),
  ),
  lstrip: method([optional(text("characters"))], (self, [characters = SPACE]) => trimStart(self, characters)),
  removeprefix: method([text("prefix")], (self, [prefix]) =>
    self.startsWith(prefix) ? self.slice(prefix.length) : self,
  ),
  removesuffix: method([text("suffix")], (self, [suffix]) =>
    suffix !== "" && self.endsWith(suffix) ? self.slice(0, -suffix.length) : self,
  ),
  rjust: method(
    [int("width"), FILL],
    (self, [width, fill = " "]) => fill.repeat(missingTo(self, width)) + self,
  ),
  rstrip: method([optional(text("characters"))], (self, [characters = SPACE]) => trimEnd(self, characters)),
  strip: method([optional(text("characters"))], (self, [characters = SPACE]) =>
    trimStart(trimEnd(self, characters), characters),
  ),
  zfill: method([int("width")], (self, [width]) => {
    const sign = /^[-+]/.test(self) ? self.charAt(0) : "";
    return sign + "0".repeat(missingTo(self, width)) + self.slice(sign.length);
  }),
};

const PARTS: TextMethods = {
  encode: method(
    [optional(text("encoding")), optional(word("errors", ["strict", "ignore", "replace"]))],
    (self, [encoding = "utf-8", errors]) => new Bytes(encode(self, encoding, errors)),
  ),
  join: method([list("texts")], (self, [texts]) => {
    const all = listOf(
      param("texts", "text", (value) => (typeof value === "string" ? value : undefined)),
    ).read(texts);
    checkLength(all.reduce((sum, one) => sum + one.length + self.length, 0));
    return all.join(self);
  }),
  partition: method([separator()], (self, [separator]) => before(self, separator)),
  replace: method([text("old"), text("new"), optional(int("count"))], (self, [old, by, count = -1]) =>
    replaceFirst(self, old, by, count),
  ),
  rpartition: method([separator()], (self, [separator]) => afterLast(self, separator)),
  rsplit: method([optional(separator()), optional(int("maxsplit"))], (self, [separator, most = -1]) =>
    rightParts(self, separator, most),
  ),
  split: method([optional(separator()), optional(int("maxsplit"))], (self, [separator, most = -1]) =>
    partsOf(self, separator, most),
  ),
  splitlines: method([], (self) => {
    const lines = self.split(/\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/);
    return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
  }),
};

/** Methods of Python's str. */
export const TEXT_METHODS: TextMethods = { ...ABOUT, ...CASES, ...SHAPES, ...PARTS };

function capitalized(word: string): string {
  const [first = "", ...others] = word;
  // ß becomes Ss.
  const [capital = "", ...small] = first.toUpperCase();
  return capital + [...small, ...others].join("").toLowerCase();
}

function separator() {
  return param("separator", "text that is not empty", (value) =>
    typeof value === "string" && value !== "" ? value : undefined,
  );
}

function found(part: string, index: number): number {
  if (index >= 0) return index;
  throw new ArgumentError(
    "args",
    `name a part that is not in the text: ${JSON.stringify(part.slice(0, 40))}`,
  );
}

function missingTo(text: string, width: number): number {
  checkLength(width);
  return Math.max(0, width - [...text].length);
}

function expanded(text: string, size: number): string {
  checkLength(text.length + text.split("\t").length * size);
  let column = 0;
  return Array.from(text, (character) => {
    const width = character === "\t" ? (size === 0 ? 0 : size - (column % size)) : 1;
    column = /[\n\r]/.test(character) ? 0 : column + width;
    return character === "\t" ? " ".repeat(width) : character;
  }).join("");
}
