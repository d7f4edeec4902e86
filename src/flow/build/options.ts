import type { StepContext } from "../../module/context.ts";
import type { Node } from "../flow.ts";
import { plainOf } from "../plain.ts";
import type { Expression } from "../syntax/ast.ts";
import { textOf } from "../syntax/source.ts";
import type { FlowObject } from "../value.ts";
import type { Frame } from "./frame.ts";
import { namesFor } from "./task-values.ts";

/** A value of an option: what is known of it, and functions of the run's context for what is not. */
type Deferred = (ctx: StepContext) => unknown;

/** The options of a step's module. Arguments that are null count as not given. */
export function optionsOf(frame: Frame, node: Node): Readonly<Record<string, unknown>> {
  if (node.type.kind === "template") return { content: templateContent(frame, node) };
  const name = node.address.startsWith("output.") ? { name: node.name } : {};
  const given = [...node.args.values()].map((arg) => [arg.name, optionOf(frame, arg.value)] as const);
  return { ...name, ...Object.fromEntries(given.filter(([, value]) => value !== null)) };
}

function templateContent(frame: Frame, node: Node): unknown {
  const source = node.args.get("source");
  if (!source) return undefined;
  const names = namesFor(frame, node, source);
  if (names && frame.isKnown(source.value, names))
    return plainOf(frame.planned(source.value, names), source.value);
  return deferred(frame, source.value, (ctx) => {
    const outer = frame.world.ctx;
    frame.world.ctx = ctx;
    try {
      return namesFor(frame, node, source);
    } finally {
      frame.world.ctx = outer;
    }
  });
}

/** Lists and objects that are written out are looked at item by item, so that as much as can be is known. */
function optionOf(frame: Frame, node: Expression): unknown {
  if (frame.isKnown(node)) return plainOf(frame.planned(node), node);
  if (node.kind === "list") return node.items.map((item) => optionOf(frame, item));
  if (node.kind === "object" && node.entries.every(({ key }) => isFixed(frame, key)))
    return Object.fromEntries(
      node.entries.map(({ key, value }) => [keyOf(frame, key), optionOf(frame, value)]),
    );
  return deferred(frame, node);
}

function isFixed(frame: Frame, key: Expression): boolean {
  return key.kind === "name" || (key.kind !== "access" && frame.isKnown(key));
}

function keyOf(frame: Frame, key: Expression): string {
  return key.kind === "name" ? key.name : String(frame.planned(key));
}

/** Its text is the expression, so that a plan's fingerprint knows one from another. */
function deferred(
  frame: Frame,
  node: Expression,
  names: (ctx: StepContext) => FlowObject | undefined = () => undefined,
): Deferred {
  const work: Deferred = (ctx) => plainOf(frame.due(node, ctx, names(ctx)), node) ?? undefined;
  return Object.assign(work, { toString: () => textOf(node) });
}
