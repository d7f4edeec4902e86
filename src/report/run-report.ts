import type { Result } from "../module/result.ts";

/** A run as it is kept on the disk, for those who write reports of it. */
export interface RunReport {
  readonly id: string;
  readonly runbook: string;
  readonly status: StoredStatus;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly endedAt: number | undefined;
  /** Values that were given for params, by name. */
  readonly params: ReadonlyArray<readonly [name: string, value: string]>;
  readonly hosts: readonly HostReport[];
}

/** How a run stands; `died` is one that had no time to say how it ended. */
export type StoredStatus = "running" | "completed" | "failed" | "halted" | "died";

/** A host of a run. */
export interface HostReport {
  readonly host: string;
  readonly steps: readonly StepReport[];
}

/** A step of a host: in the order of the runbook. */
export interface StepReport {
  readonly id: string;
  /** Undefined when it is not known any more. */
  readonly module: string | undefined;
  /** Undefined when it has not ended. */
  readonly result: Result | undefined;
  /** True when it had begun, and no end of it is known. */
  readonly isUnfinished: boolean;
  /** What it printed, as it came. */
  output(): Promise<StepPrint>;
}

/** What a step printed. */
export interface StepPrint {
  readonly pieces: readonly PrintedPiece[];
  /** How many bytes at the beginning were left out. */
  readonly leftOut: number;
}

/** A piece of what a step printed. */
export interface PrintedPiece {
  readonly stream: "stdout" | "stderr";
  readonly data: Buffer;
  /** When it came, in milliseconds since the epoch. */
  readonly at: number;
}

/** The word for how a step of a report stands. */
export function stepWord({ result, isUnfinished }: StepReport): string {
  if (result) return result.ignored ? "failed, ignored" : result.status;
  return isUnfinished ? "unfinished" : "not run";
}

/** The sign for how a step of a report stands. */
export function stepSign({ result, isUnfinished }: StepReport): "✓" | "✗" | "⊘" | "○" {
  if (!result) return isUnfinished ? "○" : "⊘";
  if (result.status === "ok" || result.status === "changed") return "✓";
  return result.status === "failed" ? "✗" : "⊘";
}
