import { RcmError } from "../errors.ts";
import type { HostFacts, StepContext, StepHandle } from "../module/context.ts";
import type { Facts } from "../module/facts.ts";
import type { Result } from "../module/result.ts";
import type { Secrets } from "../module/secrets.ts";
import { comesBefore } from "../plan/graph.ts";
import type { PlannedStep } from "../plan/plan.ts";

/** What a context reads from. */
export interface ContextSource {
  readonly host: HostFacts;
  /** Undefined while the host has not been asked. */
  readonly facts: Facts | undefined;
  readonly secrets: Secrets;
  readonly steps: ReadonlyMap<string, PlannedStep>;
  readonly results: ReadonlyMap<string, Result>;
  /** The whole output of a step whose result holds only its end. */
  fullOutput(id: string): string | undefined;
}

/** What reading it came to: ids of steps that a dry run did not really run. */
export interface ContextUse {
  readonly ctx: StepContext;
  readonly unknown: Set<string>;
}

/** Something was read that is not known yet. */
export class NotKnown extends Error {
  readonly what: "facts" | "result";

  constructor(what: "facts" | "result") {
    super(`the ${what} is not known yet`);
    this.what = what;
  }
}

/** The context for one step's deferred values. A step may read only what it awaits: anything else may not be there yet. */
export function contextFor(step: PlannedStep, source: ContextSource): ContextUse {
  const unknown = new Set<string>();
  const find = (handle: StepHandle | string): Result | undefined => {
    const own = typeof handle === "string" ? handle : handle.name;
    const name = `${step.scope.prefix}${own}`;
    const id = step.id === step.name ? name : `${step.id.slice(0, -step.name.length)}${name}`;
    if (!source.steps.has(id))
      throw new RcmError(`"${step.id}" reads the output of "${name}", but there is no such step`, {
        code: "step",
      });
    if (!comesBefore(source.steps, id, step.id)) {
      throw new RcmError(`"${step.id}" reads the output of "${name}" without awaiting it`, {
        code: "step",
        hint: "add it to its await",
      });
    }
    const result = source.results.get(id);
    if (!result) throw new NotKnown("result");
    if (result?.message.startsWith("would ")) unknown.add(id);
    return result?.truncated ? { ...result, output: source.fullOutput(id) ?? result.output } : result;
  };
  const ctx = {
    host: source.host,
    params: step.scope.params,
    assigns: step.scope.assigns,
    secrets: source.secrets,
    get facts() {
      if (source.facts) return source.facts;
      throw new NotKnown("facts");
    },
    output: (handle: StepHandle) => outputOf(find(handle)),
    result: find,
  } as unknown as StepContext;
  return { ctx, unknown };
}

function outputOf(result: Result | undefined): unknown {
  return result?.status === "ok" || result?.status === "changed" || result?.ignored
    ? result.output
    : undefined;
}
