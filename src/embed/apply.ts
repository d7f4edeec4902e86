import { begin, type RunHandle } from "./handle.ts";
import type { ApplyOptions, PlanOptions, ResumeOptions, Runnable } from "./options.ts";

// What runs a plan takes long to load: a runbook that imports rcm needs none of it.

/**
 * Brings hosts to what a runbook says. It prints nothing, listens to no signals and never ends the process.
 *
 * @param runbook a runbook, a site, or the path of a file that exports one by default
 * @example
 * const run = apply(hello, { inventory: "hosts.yaml", params: { version: "1.2" } });
 * for await (const event of run) if (event.type === "step-finished") console.log(event.host, event.step);
 * const { status } = await run.result;
 */
export function apply(runbook: Runnable, options: ApplyOptions = {}): RunHandle {
  return begin(
    async (emit, signal) => await (await import("./errands.ts")).applying(runbook, options, { emit, signal }),
    options,
  );
}

/** Tells what {@link apply} would change, and touches nothing. */
export function plan(runbook: Runnable, options: PlanOptions = {}): RunHandle {
  return apply(runbook, { ...options, mode: "check" });
}

/**
 * Goes on where a run failed, was cancelled or died: what was done is not done again.
 *
 * @param run its id, or the beginning or end of that; the newest one of a runbook in the working directory if left out
 * @example
 * const { status } = await resume("3f2a", { connection: { password } }).result;
 */
export function resume(run?: string, options: ResumeOptions = {}): RunHandle {
  return begin(
    async (emit, signal) => await (await import("./errands.ts")).resuming(run, options, { emit, signal }),
    options,
  );
}
