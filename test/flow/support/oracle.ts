import { getExpressionAst, parse } from "@cdktn/hcl2json";

/** A tree in a form that both parsers' trees can be brought to. */
export type Tree = string | number | boolean | null | undefined | readonly Tree[];

/** What HashiCorp's parser makes of an expression; undefined when it refuses it. */
export async function oracleTree(expression: string): Promise<{ readonly tree: Tree } | undefined> {
  try {
    const node = (await getExpressionAst("x.tf", expression)) as Node | null;
    return node ? { tree: treeOf(node) } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * What HashiCorp's parser makes of a file, as hcl2json shows it; undefined when it refuses it, and `not shown` when it
 * takes it but hcl2json has no form for it, such as a block with the name of an argument.
 */
export async function oracleJson(text: string): Promise<unknown> {
  return parse("x.tf", text).catch((error: unknown) =>
    String(error instanceof Error ? error.message : error).includes("parse config") ? undefined : "not shown",
  );
}

interface Step {
  readonly type: "nameTraversal" | "indexTraversal";
  readonly segment: string;
}

interface Node {
  readonly type: string;
  readonly children: readonly Node[] | null;
  readonly meta?: {
    readonly value: string;
    readonly type: string;
    readonly name: string;
    readonly operator: string;
    readonly expandedFinalArgument: boolean;
    readonly groupedValue: boolean;
    readonly keyVar: string;
    readonly valVar: string;
    readonly keyExpression?: string;
    readonly conditionalExpression?: string;
    readonly traversal: readonly Step[];
  };
}

function treeOf(node: Node): Tree {
  const { type, meta } = node;
  const children = (node.children ?? []).map(treeOf);
  const [first] = children;
  switch (type) {
    case "literalValue":
      return meta?.type === "string" ? ["text"] : ["constant", constant(meta?.value ?? "")];
    case "scopeTraversal": {
      const [root, ...steps] = meta?.traversal ?? [];
      return walk(["name", root?.segment], steps);
    }
    case "relativeTraversal":
      return walk(first, meta?.traversal ?? []);
    case "function":
      return ["call", meta?.name, meta?.expandedFinalArgument, ...children];
    case "unaryOp":
    case "binaryOp":
      return [type, meta?.operator, ...children];
    case "for":
      // Each part is there or not; the children say what.
      return [
        "for",
        meta?.keyVar ?? "",
        meta?.valVar,
        meta?.groupedValue ?? false,
        meta?.keyExpression !== undefined,
        meta?.conditionalExpression !== undefined,
        ...children,
      ];
    case "":
      return children.length === 0 ? ["item or key"] : ["brackets or key", ...children];
    default:
      return [type, ...children];
  }
}

function constant(text: string): string {
  return /^\d/.test(text) ? String(Number(text)) : text;
}

function walk(from: Tree, steps: readonly Step[]): Tree {
  let tree = from;
  for (const { type, segment } of steps) {
    tree = type === "nameTraversal" ? ["access", tree, segment] : ["index", tree, ["constant key"]];
  }
  return tree;
}
