import { messageOf, RcmError } from "../errors.ts";
import type { Counts } from "../event/event.ts";
import { type Result, type StepStatus, succeeded } from "../module/result.ts";
import type { PlannedStep } from "../plan/plan.ts";
import type { AttemptOutcome } from "./attempt.ts";

/** The result of a step that was not run, and why. */
export function notRun(status: "skipped" | "blocked" | "cancelled", why: string): Result {
  const now = Date.now();
  return {
    status,
    changed: false,
    message: why,
    output: undefined,
    stderr: "",
    changes: [],
    attempts: 0,
    startedAt: now,
    endedAt: now,
    ...(status === "skipped" ? {} : { error: why }),
  };
}

/** What an outcome was part of. */
export interface Occasion {
  readonly attempts: number;
  readonly startedAt: number;
  readonly step: PlannedStep;
  /** The whole run was being stopped. */
  readonly isInterrupted: boolean;
}

/** The result of a step that was run. */
export function toResult(
  outcome: AttemptOutcome,
  { attempts, startedAt, step, isInterrupted }: Occasion,
): Result {
  const status: StepStatus = isInterrupted && outcome.status === "failed" ? "cancelled" : outcome.status;
  return {
    status,
    changed: outcome.status === "changed" || outcome.changes.length > 0,
    message: outcome.message,
    output: outcome.output,
    stderr: outcome.stderr,
    changes: outcome.changes,
    attempts,
    startedAt,
    endedAt: Date.now(),
    roundTrips: outcome.roundTrips,
    ...(outcome.truncated ? { truncated: true } : {}),
    ...(outcome.exitCode === undefined ? {} : { exitCode: outcome.exitCode }),
    ...(outcome.command === undefined ? {} : { command: outcome.command }),
    ...(outcome.error === undefined ? {} : { error: outcome.error }),
    ...(status === "failed" && step.ignoreErrors ? { ignored: true } : {}),
  };
}

/** The outcome after `post` and `assert` have had their say. A dry run's "would …" has no output to judge. */
export async function judged(
  outcome: AttemptOutcome,
  occasion: Occasion,
  fullOutput: () => string | undefined,
): Promise<AttemptOutcome> {
  const { step } = occasion;
  if (outcome.status === "failed" || outcome.message.startsWith("would ")) return outcome;
  const posted = step.post ? transformed(step.post, outcome, fullOutput) : outcome;
  if (posted.status === "failed" || !step.assert) return posted;
  try {
    const holds = await step.assert(toResult(posted, occasion));
    return holds ? posted : rejected(posted, "assertion failed");
  } catch (thrown) {
    return rejected(posted, `assertion raised: ${messageOf(thrown)}`);
  }
}

function rejected(outcome: AttemptOutcome, error: string): AttemptOutcome {
  return { ...outcome, status: "failed", error, rejected: true };
}

function transformed(
  post: (output: string) => unknown,
  outcome: AttemptOutcome,
  fullOutput: () => string | undefined,
): AttemptOutcome {
  try {
    const output = outcome.truncated ? (fullOutput() ?? outcome.output) : outcome.output;
    const value = post(output as string);
    if (value instanceof Promise) {
      value.catch(() => undefined);
      return rejected(outcome, "post is asynchronous: it must give its value at once");
    }
    JSON.stringify(value); // it goes into the journal
    return { ...outcome, output: value, truncated: false };
  } catch (thrown) {
    return rejected(outcome, `post raised: ${messageOf(thrown)}`);
  }
}

/** True for a result that a resumed run takes over: done, or skipped by its own `when`. */
export function isFinal(result: Result): boolean {
  return succeeded(result);
}

/** True for trouble on this side that ends the whole run, such as a full disk. */
export function isFatal(error: unknown): boolean {
  return error instanceof RcmError && error.code === "state";
}

/** Why a host cannot be worked on. */
export function asUnreachable(error: unknown): RcmError {
  return error instanceof RcmError
    ? error
    : new RcmError(messageOf(error), { code: "unreachable", cause: error });
}

/** How many results are how. */
export function countResults(results: readonly Result[]): Counts {
  const count = (holds: (result: Result) => boolean): number => results.filter(holds).length;
  const isIgnored = (result: Result): boolean => result.ignored === true;
  return {
    ok: count((result) => result.status === "ok" || result.status === "changed" || isIgnored(result)),
    changed: count((result) => result.status === "changed"),
    failed: count((result) => result.status === "failed" && !isIgnored(result)),
    skipped: count((result) => result.status === "skipped"),
    blocked: count((result) => result.status === "blocked"),
    cancelled: count((result) => result.status === "cancelled"),
    ignored: count(isIgnored),
  };
}
