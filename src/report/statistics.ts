import type { StoredStatus } from "./run-report.ts";

/** A run of the history. */
export interface RunSummary {
  readonly id: string;
  /** ISO time. */
  readonly startedAt: string;
  readonly endedAt: string | undefined;
  readonly runbook: string;
  readonly hosts: readonly string[];
  readonly status: StoredStatus;
  readonly resumable: boolean;
  readonly folder: string;
}

/** How the runs of a runbook went. */
export interface RunbookStatistics {
  readonly runbook: string;
  readonly runs: number;
  readonly completed: number;
  readonly failed: number;
  readonly halted: number;
  readonly died: number;
  /** The median time of those that completed, in ms. */
  readonly median: number | undefined;
  /** When the newest one began: ISO time. */
  readonly last: string;
}

/** How runs went, by runbook, the most used first. */
export function statistics(runs: readonly RunSummary[]): readonly RunbookStatistics[] {
  const names = [...new Set(runs.map(({ runbook }) => runbook))];
  return names
    .map((name) =>
      statisticsOf(
        name,
        runs.filter(({ runbook }) => runbook === name),
      ),
    )
    .sort((a, b) => b.runs - a.runs || (a.runbook < b.runbook ? -1 : 1));
}

function statisticsOf(runbook: string, runs: readonly RunSummary[]): RunbookStatistics {
  const count = (status: StoredStatus): number => runs.filter((run) => run.status === status).length;
  const completed = runs.filter(({ status }) => status === "completed");
  return {
    runbook,
    runs: runs.length,
    completed: completed.length,
    failed: count("failed"),
    halted: count("halted"),
    died: count("died"),
    median: median(
      completed.map((run) => Date.parse(run.endedAt ?? run.startedAt) - Date.parse(run.startedAt)),
    ),
    last:
      runs
        .map(({ startedAt }) => startedAt)
        .sort()
        .at(-1) ?? "",
  };
}

function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}
