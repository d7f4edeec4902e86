import type { Expression, For, ListOf, ObjectOf } from "./ast.ts";
import type { Parser } from "./parser.ts";
import type { Span } from "./source.ts";
import { textOf } from "./source.ts";
import type { Token } from "./token.ts";

/** Reads `[…]`: a list, or a `for` that makes one. */
export function parseList(parser: Parser): ListOf | For {
  const open = parser.read();
  return parser.newlines(false, () => {
    if (parser.isWord("for")) return parseFor(parser, open, "]");
    const items: Expression[] = [];
    while (!parser.take("]")) {
      items.push(parser.expression());
      if (parser.take("]")) break;
      parser.expect(",", '"," or "]" after an item of the list');
    }
    return parser.madeOf({ kind: "list", items, ...parser.since(open) }, items);
  });
}

/** Reads `{…}`: an object, or a `for` that makes one. */
export function parseBraces(parser: Parser): ObjectOf | For {
  const open = parser.read();
  const isFor = parser.newlines(false, () => parser.isWord("for"));
  return isFor
    ? parser.newlines(false, () => parseFor(parser, open, "}"))
    : parser.newlines(true, () => parseObject(parser, open));
}

type Entry = ObjectOf["entries"][number];

/** The newlines that a `for` was looked for behind are gone; an object does not mind. */
function parseObject(parser: Parser, open: Token): ObjectOf {
  const entries: Entry[] = [];
  for (;;) {
    while (parser.take("newline"));
    if (parser.take("}")) break;
    entries.push(parseEntry(parser));
    if (parser.take("}")) break;
    if (!parser.take("newline")) parser.expect(",", 'a newline, "," or "}" after a value of the object');
  }
  const parts = entries.flatMap(({ key, value }) => [key, value]);
  return parser.madeOf({ kind: "object", entries, ...parser.since(open) }, parts);
}

function parseEntry(parser: Parser): Entry {
  const key = parser.expression();
  if (!parser.take(":")) parser.expect("=", '"=" or ":" and a value after the key');
  return { key, value: parser.expression() };
}

function parseFor(parser: Parser, open: Token, close: "]" | "}"): For {
  const head = parseForHead(parser);
  parser.expect(":", '":" and what to make of each item');
  const first = parser.expression();
  const arrow = parser.take("=>");
  const second = arrow && parser.expression();
  const dots = parser.take("...");
  const condition = parser.takeWord("if") ? parser.expression() : undefined;
  checkKind(parser, close, { first, arrow, dots });
  parser.expect(close, `"${close}" to close the "for"`);
  const made: For = {
    kind: "for",
    ...head,
    key: second && first,
    value: second ?? first,
    group: dots !== undefined,
    condition,
    ...parser.since(open),
  };
  return parser.made(made, head.collection, first, second, condition);
}

/** What stands between `for` and what to do with each item; the same in a template's `%{ for }`. */
export function parseForHead(parser: Parser): Pick<For, "keyName" | "valueName" | "collection"> {
  parser.read();
  const first = textOf(parser.expect("identifier", 'a name after "for"'));
  const second = parser.take(",") && textOf(parser.expect("identifier", "a second name after the comma"));
  if (!parser.takeWord("in")) parser.unexpected(`"in" after the name${second === undefined ? "" : "s"}`);
  const collection = parser.expression();
  return { keyName: second && first, valueName: second ?? first, collection };
}

interface ForParts {
  readonly first: Span;
  readonly arrow: Span | undefined;
  readonly dots: Span | undefined;
}

function checkKind(parser: Parser, close: "]" | "}", { first, arrow, dots }: ForParts): void {
  if (close === "}" && !arrow) {
    parser.fail(first, 'A "for" that makes an object needs a key; expected "key => value"');
  }
  if (close === "]" && arrow)
    parser.fail(arrow, 'A "for" in "[ ]" makes a list, which has no keys; expected a value alone');
  if (close === "]" && dots) parser.fail(dots, 'Only a "for" that makes an object can group with "..."');
}
