import type { StepContext } from "../../module/context.ts";
import type { Argument, Node } from "../flow.ts";
import { flowValueOf, lazyObject } from "../plain.ts";
import type { ModuleTask, ReadResult, TemplateTask } from "../tasks/task-type.ts";
import { type FlowObject, type FlowValue, isObject, Unknown } from "../value.ts";
import type { Frame } from "./frame.ts";

/** What `task.TYPE.NAME` is for a step: its arguments, and what can be read of it when it has ended. */
export function stepValue(frame: Frame, node: Node, type: ModuleTask | TemplateTask): FlowValue {
  const args = [...node.args.values()].map(
    (arg) => [arg.name, () => argumentValue(frame, node, arg)] as const,
  );
  const results = Object.entries(type.results)
    .filter(([name]) => !node.args.has(name))
    .map(([name, read]) => [name, () => resultValue(frame, node, read)] as const);
  return lazyObject([...args, ...results]);
}

/** The name of the step that a node becomes. */
export function stepName({ prefix }: Frame, { address }: Node): string {
  return `${prefix}${address}`;
}

/** An argument as it was given to the step. What was not known in the plan is read as if it were a result. */
export function argumentValue(frame: Frame, node: Node, arg: Argument): FlowValue {
  const names = namesFor(frame, node, arg);
  if (frame.isKnown(arg.value, names)) return frame.planned(arg.value, names);
  const { ctx } = frame.world;
  if (!ctx) return frame.planned(arg.value, names);
  ctx.result({ name: stepName(frame, node) });
  return frame.due(arg.value, ctx, namesFor(frame, node, arg));
}

/** The names that only this argument knows: those of `context`, in a template's source. */
export function namesFor(frame: Frame, node: Node, { name }: Argument): FlowObject | undefined {
  const context = node.type.kind === "template" && name === "source" ? node.args.get("context") : undefined;
  if (!context) return undefined;
  const { ctx } = frame.world;
  const value = ctx ? frame.due(context.value, ctx) : frame.planned(context.value);
  return isObject(value) ? value : undefined;
}

function resultValue(frame: Frame, node: Node, read: ReadResult): FlowValue {
  const { ctx } = frame.world;
  return ctx ? flowValueOf(read(endedStep(ctx, stepName(frame, node)))) : new Unknown([node.address]);
}

/** A step that has ended, as attributes are read of it. */
export function endedStep(ctx: StepContext, name: string): Parameters<ReadResult>[0] {
  const result = ctx.result({ name });
  if (!result) throw new Error(`"${name}" has not run`);
  return { result, stdout: () => ctx.stdout({ name }) ?? "", stderr: () => ctx.stderr({ name }) ?? "" };
}
