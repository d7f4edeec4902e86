import type { StepContext } from "../../module/context.ts";
import { wanted } from "../evaluate/convert.ts";
import type { Argument, OwnArguments } from "../flow.ts";
import type { Expression } from "../syntax/ast.ts";
import type { Frame } from "./frame.ts";
import { isTruthyValue } from "./rules.ts";

/** An expression, and the flow that it is written in. */
interface Placed<T> {
  readonly frame: Frame;
  readonly value: T;
}

/** What decides whether steps run: their own conditions, and those of the tasks of other flows that they belong to. */
export interface Conditions {
  /** `_when`: must be true; otherwise the step is skipped, and what needs it goes on. */
  readonly when: readonly Placed<Argument>[];
  /** Of `_depends_on`: must not be empty, 0, false or null; otherwise what needs the step is cancelled, too. */
  readonly depends: readonly Placed<Expression>[];
}

/** No conditions. */
export const NONE: Conditions = { when: [], depends: [] };

/** The conditions of a task within others. */
export function conditionsOf(outer: Conditions, frame: Frame, own: OwnArguments): Conditions {
  if (!own.when && own.conditions.length === 0) return outer;
  return {
    when: [...outer.when, ...(own.when ? [{ frame, value: own.when }] : [])],
    depends: [...outer.depends, ...own.conditions.map((value) => ({ frame, value }))],
  };
}

/** A step that may be cancelled by its conditions. */
export interface Fragile {
  readonly name: string;
  readonly conditions: Conditions;
}

/** The condition of a step; undefined when it always runs. */
export function whenOf(
  conditions: Conditions,
  needed: readonly Fragile[],
): ((ctx: StepContext) => boolean) | undefined {
  const { when, depends } = conditions;
  if (when.length === 0 && depends.length === 0 && needed.length === 0) return undefined;
  return (ctx) =>
    !needed.some((step) => wasCancelled(step, ctx)) &&
    depends.every(({ frame, value }) => isTruthyValue(frame.due(value, ctx))) &&
    holds(when, ctx);
}

/** It was skipped, and not by its own `_when`. */
function wasCancelled({ name, conditions }: Fragile, ctx: StepContext): boolean {
  return ctx.result({ name })?.status === "skipped" && holds(conditions.when, ctx);
}

function holds(when: Conditions["when"], ctx: StepContext): boolean {
  return when.every(({ frame, value }) => wanted.bool(frame.due(value.value, ctx), value.value, '"_when"'));
}
