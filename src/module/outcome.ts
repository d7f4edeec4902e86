import type { Change } from "./result.ts";

/** What one attempt at a step came to. */
export interface Outcome {
  readonly status: "ok" | "changed" | "failed";
  readonly message: string;
  readonly changes: readonly Change[];
  /** Why it failed. */
  readonly error?: string;
  readonly exitCode?: number;
  /** What was run, for people. */
  readonly command?: string;
  readonly output?: unknown;
}
