import { ordered } from "./graph.ts";
import type { PlannedStep } from "./plan.ts";

/**
 * Puts a host's steps into segments: those that may travel to it in one write, one after another. A step follows the
 * last one of a segment that it awaits; steps that are only state also follow one of that kind that they do not await,
 * since probing takes no time. Whatever could take long beside another branch gets a segment of its own, so that
 * branches run at the same time.
 */
export function segmentsOf(steps: readonly PlannedStep[]): ReadonlyArray<readonly PlannedStep[]> {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const segments: PlannedStep[][] = [];
  const segmentOf = new Map<string, PlannedStep[]>();
  for (const id of ordered(steps)) {
    const step = byId.get(id) as PlannedStep;
    const segment = followed(step, segmentOf) ?? beside(step, segments, segmentOf) ?? start(segments);
    segment.push(step);
    segmentOf.set(id, segment);
  }
  return segments;
}

/** The segment whose last step this one awaits. */
function followed(
  step: PlannedStep,
  segmentOf: ReadonlyMap<string, PlannedStep[]>,
): PlannedStep[] | undefined {
  const needs = new Set(step.needs);
  return step.needs
    .map((need) => segmentOf.get(need))
    .find((segment) => segment && needs.has(segment.at(-1)?.id ?? ""));
}

/** For a step that is state: a segment that ends in one too, and holds what it awaits (for a root: any such). */
function beside(
  step: PlannedStep,
  segments: readonly PlannedStep[][],
  segmentOf: ReadonlyMap<string, PlannedStep[]>,
): PlannedStep[] | undefined {
  if (!isState(step)) return undefined;
  const near = step.needs.length === 0 ? segments.slice(0, 1) : step.needs.map((need) => segmentOf.get(need));
  return near.find((segment) => segment?.[0] !== undefined && isState(segment.at(-1) as PlannedStep));
}

function start(segments: PlannedStep[][]): PlannedStep[] {
  const segment: PlannedStep[] = [];
  segments.push(segment);
  return segment;
}

/** True for a step whose module is made of properties. */
function isState({ call }: PlannedStep): boolean {
  return call.definition.properties !== undefined;
}
