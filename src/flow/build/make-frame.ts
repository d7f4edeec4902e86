import type { GraftHandle } from "../../runbook/graft.ts";
import type { Flow, Node } from "../flow.ts";
import { flowValueOf, lazyObject } from "../plain.ts";
import type { Expression } from "../syntax/ast.ts";
import { type FlowValue, Unknown } from "../value.ts";
import { Frame, type FrameVariable, type HostWorld, once } from "./frame.ts";
import { argumentValue, stepName, stepValue } from "./task-values.ts";

/** Finds the flows that tasks run; nothing is read from the disk that was not read when the file was loaded, or could not be. */
export interface Library {
  /** @throws RcmError when it is none */
  readonly byPath: (path: string, from: string) => Flow;
  readonly byText: (text: string, name: string) => Flow;
  /** A reference such as `./deploy.hcl` or `package/flows:deploy`. */
  readonly byReference: (reference: string, from: string) => Flow;
}

/** A flow that a task runs. */
export interface InnerFlow {
  readonly frame: NestedFrame;
  /** What can be read of it, as expressions of its own. */
  readonly exports: ReadonlyMap<string, Expression>;
}

/** A frame that knows what it is within, and what is within it. */
export class NestedFrame extends Frame {
  /** The flows around it, the outermost first. */
  within: readonly Flow[] = [];
  readonly inner = new Map<string, InnerFlow>();
  readonly grafted = new Map<string, GraftHandle>();
  /** Addresses of the tasks that do not run on this host. */
  readonly absent = new Set<string>();
}

interface FrameParts {
  readonly flow: Flow;
  readonly prefix: string;
  readonly world: HostWorld;
  readonly variables: ReadonlyMap<string, FrameVariable>;
  readonly within: readonly Flow[];
  readonly library: Library;
}

/** The frame of a flow: its names, behind which values stand that are worked out when they are asked for. */
export function makeFrame({ flow, prefix, world, variables, within }: FrameParts): NestedFrame {
  const tasks = new Map<string, Map<string, () => FlowValue>>();
  for (const node of flow.nodes.values()) {
    if (!node.address.startsWith("task.")) continue;
    const { name } = node.type;
    const ofType = tasks.get(name) ?? new Map<string, () => FlowValue>();
    ofType.set(node.name, () => taskValue(frame, node));
    tasks.set(name, ofType);
  }
  for (const ofType of tasks.values()) for (const [name, make] of ofType) ofType.set(name, memo(make));
  const frame = new NestedFrame(flow, prefix, world, { variables, tasks });
  frame.within = [...within, flow];
  return frame;
}

const memo = <T>(make: () => T): (() => T) => once(make);

/** What `task.TYPE.NAME` is. */
function taskValue(frame: NestedFrame, node: Node): FlowValue {
  if (frame.absent.has(node.address))
    throw new Error(`"${node.address}" does not run on the host "${frame.world.host.name}"`);
  if (node.type.kind === "flow") return innerValue(frame, node);
  if (node.type.kind === "runbook") return graftedValue(frame, node);
  return stepValue(frame, node, node.type);
}

function argumentsOf(frame: Frame, node: Node): [string, () => FlowValue][] {
  return [...node.args.values()]
    .filter(({ name }) => name !== "export")
    .map((arg) => [arg.name, () => argumentValue(frame, node, arg)]);
}

function innerValue(frame: NestedFrame, node: Node): FlowValue {
  const inner = frame.inner.get(node.address);
  const exports = Array.from(inner?.exports ?? [], ([name, expression]): [string, () => FlowValue] => [
    name,
    () => (inner as InnerFlow).frame.now(expression),
  ]);
  return lazyObject([...argumentsOf(frame, node), ...exports]);
}

/** The outputs of the steps that the runbook's body returned. */
function graftedValue(frame: NestedFrame, node: Node): FlowValue {
  const steps = Object.entries(frame.grafted.get(stepName(frame, node))?.steps ?? {});
  const outputs = steps.map(([key, step]): [string, () => FlowValue] => [
    key,
    () => {
      const { ctx } = frame.world;
      return ctx && step ? flowValueOf(ctx.output(step)) : new Unknown([node.address]);
    },
  ]);
  return lazyObject([...argumentsOf(frame, node), ...outputs]);
}
