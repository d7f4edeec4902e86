import type { Expression } from "../syntax/ast.ts";
import { type FlowValue, Unknown } from "../value.ts";
import { access, index } from "./access.ts";
import { call } from "./call.ts";
import { wanted } from "./convert.ts";
import { Evaluation } from "./evaluation.ts";
import { makeFor } from "./for.ts";
import { binary, unary } from "./operators.ts";
import type { Scope } from "./scope.ts";
import { splat } from "./splat.ts";
import { forDirective, ifDirective, template } from "./template.ts";
import { list, name, object } from "./terms.ts";

/**
 * Works out an expression. The same expression and scope always give the same value; unknown values flow through to
 * what depends on them.
 *
 * @throws RcmError with the place, code `flow`, when it has no value
 */
export function evaluate(expression: Expression, scope: Scope): FlowValue {
  return new Evaluation(workOut).value(expression, scope);
}

function workOut(run: Evaluation, node: Expression, scope: Scope): FlowValue {
  switch (node.kind) {
    case "literal":
      return node.value;
    case "template":
      return template(run, node, scope);
    case "wrap":
    case "brackets":
      return run.value(node.inner, scope);
    case "name":
      return name(node, scope);
    case "access":
      return access(node, run.value(node.target, scope));
    case "index":
      return index(node, run.value(node.target, scope), run.value(node.key, scope));
    case "splat":
      return splat(run, node, scope);
    case "item":
      return run.item;
    case "call":
      return call(run, node, scope);
    case "unary":
      return unary(node, run.value(node.operand, scope));
    case "binary":
      return binary(run, node, scope);
    case "conditional":
      return conditional(run, node, scope);
    case "list":
      return list(run, node, scope);
    case "object":
      return object(run, node, scope);
    case "for":
      return makeFor(run, node, scope);
    case "if directive":
      return ifDirective(run, node, scope);
    case "for directive":
      return forDirective(run, node, scope);
  }
}

/** Only the side that counts is worked out. */
function conditional(
  run: Evaluation,
  node: Extract<Expression, { kind: "conditional" }>,
  scope: Scope,
): FlowValue {
  const condition = run.value(node.condition, scope);
  if (condition instanceof Unknown) return condition;
  return run.value(
    wanted.bool(condition, node.condition, "The condition") ? node.then : node.otherwise,
    scope,
  );
}
