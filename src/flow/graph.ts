import { dirname } from "node:path";
import { RcmError } from "../errors.ts";
import type { Library } from "./build/make-frame.ts";
import type { Flow, Node } from "./flow.ts";

/** A node of a flow's graph. */
export interface FlowStep {
  readonly id: string;
  readonly module: string;
  readonly needs: readonly string[];
}

/**
 * The steps of a flow and what they await, as far as its text tells: nothing is worked out, so that it can be drawn
 * whether it could run or not. The tasks of a flow that another one runs stand in place of that, where it is known.
 */
export function graphOf(flow: Flow, library: Library): readonly FlowStep[] {
  return stepsIn(flow, library, "", [], [flow]);
}

function stepsIn(
  flow: Flow,
  library: Library,
  prefix: string,
  entry: readonly string[],
  within: readonly Flow[],
): readonly FlowStep[] {
  const exits = new Map<string, readonly string[]>();
  const steps: FlowStep[] = [];
  for (const node of flow.nodes.values()) {
    const id = `${prefix}${node.address}`;
    const needs =
      node.needs.length === 0 ? entry : [...new Set(node.needs.flatMap((need) => exits.get(need) ?? []))];
    const inner = innerOf(node, flow, library);
    const added =
      inner && !within.includes(inner) ? stepsIn(inner, library, `${id}.`, needs, [...within, inner]) : [];
    if (added.length === 0) {
      steps.push({ id, module: node.type.name, needs });
      exits.set(node.address, [id]);
    } else {
      steps.push(...added);
      const awaited = new Set(added.flatMap((step) => step.needs));
      exits.set(
        node.address,
        added.map((step) => step.id).filter((one) => !awaited.has(one)),
      );
    }
  }
  return steps;
}

/** The flow that a task runs, where that is written out. */
function innerOf({ type, args }: Node, flow: Flow, library: Library): Flow | undefined {
  if (type.kind !== "flow") return undefined;
  try {
    if (type.imported !== undefined) return library.byPath(type.imported, dirname(flow.file));
    const [path, source, module] = ["path", "source", "module"].map((name) => textOf(args.get(name)?.value));
    if (path !== undefined) return library.byPath(path, flow.file);
    if (module !== undefined) return library.byReference(module, flow.file);
    return source === undefined ? undefined : library.byText(source, `${flow.file}:source`);
  } catch (error) {
    if (error instanceof RcmError) return undefined; // a run would tell
    throw error;
  }
}

function textOf(
  node: { readonly kind: string; readonly parts?: readonly unknown[] } | undefined,
): string | undefined {
  if (node?.kind !== "template") return undefined;
  const parts = (node.parts ?? []) as readonly { readonly kind: string; readonly value?: unknown }[];
  return parts.every(({ kind }) => kind === "literal")
    ? parts.map(({ value }) => String(value)).join("")
    : undefined;
}
