import type { Flow, Node } from "../flow.ts";
import type { Expression } from "../syntax/ast.ts";
import { parseExpressionText } from "../syntax/parse.ts";
import { problemAt } from "../syntax/problem.ts";
import { positionOf } from "../syntax/source.ts";

/** What `export { name = "expression" }` names, and the outputs of the flow. */
export function exportsOf(flow: Flow, node: Node): ReadonlyMap<string, Expression> {
  const outputs = [...flow.nodes.values()].flatMap(({ address, name, args }) => {
    const value = args.get("value")?.value;
    return address.startsWith("output.") && value ? [[name, value] as const] : [];
  });
  const blocks = node.args.get("export")?.value;
  const objects = blocks?.kind === "list" ? blocks.items : blocks ? [blocks] : [];
  const named = objects.flatMap((object) => {
    if (object.kind !== "object") throw problemAt(object, "Expected export { NAME = EXPRESSION }");
    return object.entries.map(({ key, value }) => {
      if (key.kind !== "name") throw problemAt(key, "Expected a name before the expression");
      return [key.name, exported(value)] as const;
    });
  });
  return new Map([...outputs, ...named]);
}

/** An expression in quotes, as Runflow has it, or without. */
function exported(value: Expression): Expression {
  const only = value.kind === "template" && value.parts.length === 1 ? value.parts[0] : undefined;
  if (only?.kind !== "literal" || typeof only.value !== "string") return value;
  const { file, line } = positionOf(value);
  return parseExpressionText(only.value, `${file}:${line}: export`);
}
