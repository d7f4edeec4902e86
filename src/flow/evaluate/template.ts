import type { Expression, ForDirective, IfDirective, Template } from "../syntax/ast.ts";
import { problemAt } from "../syntax/problem.ts";
import type { Span } from "../syntax/source.ts";
import { type FlowValue, Unknown, unknownIn } from "../value.ts";
import { quoted, wanted } from "./convert.ts";
import type { Evaluation } from "./evaluation.ts";
import { itemsOf, turnOf } from "./items.ts";
import { LONGEST_TEXT } from "./limits.ts";
import type { Scope } from "./scope.ts";

/** A string or heredoc: the texts of its parts in a row. */
export function template(run: Evaluation, { parts, ...span }: Template, scope: Scope): FlowValue {
  return joined(
    parts.map((part) => partText(part, run.value(part, scope))),
    span,
  );
}

function partText(part: Expression, value: FlowValue): string | Unknown {
  return value instanceof Unknown ? value : wanted.text(value, part, `In this text, ${quoted(part)}`);
}

function joined(parts: readonly (string | Unknown)[], span: Span): string | Unknown {
  const unknown = unknownIn(...parts.filter((part) => part instanceof Unknown));
  if (unknown) return unknown;
  const length = parts.reduce((sum, part) => sum + String(part).length, 0);
  if (length > LONGEST_TEXT) {
    throw problemAt(span, `This text has ${length} characters; at most ${LONGEST_TEXT} are allowed`);
  }
  return parts.join("");
}

/** `%{ if }`. */
export function ifDirective(run: Evaluation, node: IfDirective, scope: Scope): FlowValue {
  const condition = run.value(node.condition, scope);
  if (condition instanceof Unknown) return condition;
  if (wanted.bool(condition, node.condition, 'The condition behind "if"')) return run.value(node.then, scope);
  return node.otherwise ? run.value(node.otherwise, scope) : "";
}

/** `%{ for }`. */
export function forDirective(run: Evaluation, node: ForDirective, scope: Scope): FlowValue {
  const collection = run.value(node.collection, scope);
  if (collection instanceof Unknown) return collection;
  const turns = itemsOf(collection, node.collection).map((item) => turnOf(node, item, scope));
  run.checkSize(turns.length, node);
  return joined(
    turns.map((turn) => partText(node.body, run.value(node.body, turn))),
    node,
  );
}
