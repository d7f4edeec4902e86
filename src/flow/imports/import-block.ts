import type { RcmError } from "../../errors.ts";
import { didYouMean } from "../../util/nearest.ts";
import { evaluate } from "../evaluate/evaluate.ts";
import { Scope } from "../evaluate/scope.ts";
import type { Block, Expression } from "../syntax/ast.ts";
import { problemAt } from "../syntax/problem.ts";
import type { Span } from "../syntax/source.ts";

/** One thing that a flow imports. */
export interface Import {
  readonly what: "tasks" | "functions";
  /** The name that it gets; undefined where it keeps its own. */
  readonly name: string | undefined;
  /** `./x.ts:target`, `path.to.module:target` or `package/sub:target`. */
  readonly reference: string;
  readonly span: Span;
}

const KINDS = ["tasks", "functions"] as const;

/** What an `import` block names: lists, or objects of names. */
export function importsIn({ body }: Block, problems: RcmError[]): readonly Import[] {
  for (const block of body.blocks) problems.push(problemAt(block, `An import has no block "${block.type}"`));
  return [...body.attributes.values()].flatMap(({ name, nameSpan, value }) => {
    const what = KINDS.find((kind) => kind === name);
    if (what) return entriesOf(value).flatMap((entry) => importOf(what, entry, problems));
    const near = didYouMean(name, KINDS) || "; expected tasks and functions";
    problems.push(problemAt(nameSpan, `An import has no argument "${name}"${near}`));
    return [];
  });
}

interface Entry {
  readonly key: Expression | undefined;
  readonly value: Expression;
}

function entriesOf(value: Expression): readonly Entry[] {
  if (value.kind === "list") return value.items.map((item) => ({ key: undefined, value: item }));
  if (value.kind === "object") return value.entries;
  throw problemAt(value, "Expected a list of references, or names with references");
}

function importOf(what: Import["what"], { key, value }: Entry, problems: RcmError[]): readonly Import[] {
  const name = key?.kind === "name" ? key.name : key && textIn(key);
  const reference = textIn(value);
  if (reference !== undefined && (!key || name !== undefined))
    return [{ what, name, reference, span: value }];
  problems.push(problemAt(value, 'Expected a text such as "./tasks.ts:deploy" or "path.to.module:target"'));
  return [];
}

/** A text in which nothing is referred to. */
function textIn(node: Expression): string | undefined {
  if (node.kind !== "template" || node.parts.some(({ kind }) => kind !== "literal")) return undefined;
  return String(evaluate(node, new Scope(new Map(), new Map())));
}
