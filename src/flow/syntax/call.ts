import type { Call, Expression } from "./ast.ts";
import type { Parser } from "./parser.ts";
import { textOf } from "./source.ts";
import type { Token } from "./token.ts";

/** Reads a function call behind the first word of its name, which may have several: `a::b(…)`. */
export function parseCall(parser: Parser, word: Token): Call {
  let name = textOf(word);
  while (parser.take("::")) name += `::${textOf(parser.expect("identifier", 'a name after "::"'))}`;
  parser.expect("(", `"(" and the arguments of ${name}`);
  return parser.newlines(false, () => {
    const { args, expand } = parseArguments(parser, name);
    return parser.madeOf({ kind: "call", name, args, expand, ...parser.since(word) }, args);
  });
}

function parseArguments(parser: Parser, name: string): Pick<Call, "args" | "expand"> {
  const args: Expression[] = [];
  while (!parser.take(")")) {
    args.push(parser.expression());
    if (parser.take("...")) {
      parser.expect(")", '")" after "...", which ends the arguments');
      return { args, expand: true };
    }
    if (parser.take(")")) break;
    parser.expect(",", `"," or ")" after an argument of ${name}`);
  }
  return { args, expand: false };
}
