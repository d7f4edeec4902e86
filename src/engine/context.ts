import { RcmError } from "../errors.ts";
import { type HostFacts, NotKnown, type StepContext, type StepHandle } from "../module/context.ts";
import type { Facts } from "../module/facts.ts";
import type { Result } from "../module/result.ts";
import type { Secrets } from "../module/secrets.ts";
import { comesBefore } from "../plan/graph.ts";
import type { PlannedStep } from "../plan/plan.ts";
import type { Stream } from "../sink/sink.ts";

/** What a context reads from. */
export interface ContextSource {
  readonly host: HostFacts;
  /** Undefined while the host has not been asked. */
  readonly facts: Facts | undefined;
  readonly secrets: Secrets;
  readonly steps: ReadonlyMap<string, PlannedStep>;
  readonly results: ReadonlyMap<string, Result>;
  /** All that the last attempt at a step printed on a stream; undefined where that is not kept. */
  printed(id: string, stream: Stream): string | undefined;
}

/** What reading it came to: ids of steps that a dry run did not really run. */
export interface ContextUse {
  readonly ctx: StepContext;
  readonly unknown: Set<string>;
}

/** The context for one step's deferred values. A step may read only what it awaits: anything else may not be there yet. */
export function contextFor(step: PlannedStep, source: ContextSource): ContextUse {
  const unknown = new Set<string>();
  const idOf = (name: string): string =>
    step.id === step.name ? name : `${step.id.slice(0, -step.name.length)}${name}`;
  const inScope = (handle: StepHandle | string): string =>
    `${step.scope.prefix}${typeof handle === "string" ? handle : handle.name}`;
  const find = (handle: StepHandle | string): Result | undefined => {
    const name = inScope(handle);
    const id = idOf(name);
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
    return result?.truncated ? { ...result, output: source.printed(id, "stdout") ?? result.output } : result;
  };
  const stream = (handle: StepHandle | string, which: Stream): string | undefined => {
    const result = find(handle);
    if (!result || result.attempts === 0) return undefined;
    const kept = source.printed(idOf(inScope(handle)), which);
    // Where no folder keeps it, a result has its end; what `post` made of it is not what was printed.
    return kept ?? (which === "stderr" ? result.stderr : asPrinted(result.output));
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
    stdout: (handle: StepHandle) => stream(handle, "stdout"),
    stderr: (handle: StepHandle) => stream(handle, "stderr"),
  } as unknown as StepContext;
  return { ctx, unknown };
}

function asPrinted(output: unknown): string | undefined {
  return typeof output === "string" ? output : undefined;
}

function outputOf(result: Result | undefined): unknown {
  return result?.status === "ok" || result?.status === "changed" || result?.ignored
    ? result.output
    : undefined;
}
