import type { Access, Expression, Index, Literal, Splat, SplatItem } from "./ast.ts";
import type { Parser } from "./parser.ts";
import { spanning, textOf } from "./source.ts";
import type { Token } from "./token.ts";

/** Reads what follows a value: `.name`, `.0`, `[key]`, `.*` and `[*]`. */
export function parseSteps(parser: Parser, from: Expression): Expression {
  let value = from;
  for (;;) {
    if (parser.take(".")) value = parseDot(parser, value);
    else if (parser.is("[")) value = parser.nested(() => parseIndexing(parser, value));
    else return value;
  }
}

function parseDot(parser: Parser, target: Expression): Expression {
  return parser.is("*") ? parseAttributeSplat(parser, target) : parseNameOrNumber(parser, target);
}

function parseNameOrNumber(parser: Parser, target: Expression): Access | Index {
  const number = parser.take("number");
  if (number) return legacyIndex(parser, target, number);
  if (parser.is("*"))
    parser.fail(parser.peek(), 'A splat cannot stand in another one with ".*"; write "[*]"');
  const name = textOf(parser.expect("identifier", 'a name after "."'));
  return parser.made({ kind: "access", target, name, ...parser.since(target) }, target);
}

/** `a.0`, an old way to write `a[0]`. */
function legacyIndex(parser: Parser, target: Expression, number: Token): Index {
  const text = textOf(number);
  if (text.includes(".")) {
    const hint = `Write it with brackets: [${text.split(".").join("][")}]`;
    parser.fail(number, `Expected one whole number after ".", found "${text}"`, hint);
  }
  const key: Literal = { kind: "literal", value: Number(text), ...spanning(number, number) };
  return parser.made({ kind: "index", target, key, ...parser.since(target) }, target);
}

function parseIndexing(parser: Parser, target: Expression): Expression {
  parser.read();
  if (parser.is("*")) return parseFullSplat(parser, target);
  return parser.newlines(false, () => {
    const key = parser.expression();
    parser.expect("]", '"]" after the index');
    return parser.made({ kind: "index", target, key, ...parser.since(target) }, target, key);
  });
}

/** `list[*]`, to whose items all further steps belong. */
function parseFullSplat(parser: Parser, list: Expression): Splat {
  const star = parser.read();
  parser.expect("]", '"]" after "[*"');
  return splat(parser, list, parseSteps(parser, itemAt(star)));
}

/** `list.*`, to whose items only names and numbers belong; an index behind is that of the result. */
function parseAttributeSplat(parser: Parser, list: Expression): Splat {
  let each: Expression = itemAt(parser.read());
  while (parser.take(".")) each = parseNameOrNumber(parser, each);
  return splat(parser, list, each);
}

function itemAt(star: Token): SplatItem {
  return { kind: "item", ...spanning(star, star) };
}

function splat(parser: Parser, list: Expression, each: Expression): Splat {
  return parser.made({ kind: "splat", list, each, ...parser.since(list) }, list, each);
}
