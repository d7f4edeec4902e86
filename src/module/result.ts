/** What became of a step. `blocked`: something it awaits failed. `skipped`: its own `when` said no. */
export type StepStatus = "ok" | "changed" | "failed" | "skipped" | "blocked" | "cancelled";

/** One property that was, or would be, brought from one state to another. */
export interface Change {
  /** The property's name within its step, for example `mode`. */
  readonly property: string;
  readonly was: string;
  readonly want: string;
  /** True when `was` and `want` are whole texts, to be shown as a unified diff. */
  readonly text: boolean;
}

/** What a step came to. All times are milliseconds; `startedAt` and `endedAt` are since the epoch. */
export interface Result {
  readonly status: StepStatus;
  /** True when the step changed something on the host, or in a dry run would have. */
  readonly changed: boolean;
  /** One line for people: `created`, `would execute: …`, `skipped: …`. */
  readonly message: string;
  /** What the step printed on standard output (at most 64 KiB of its end), or what `post` made of it. */
  readonly output: unknown;
  /** True when `output` is only the end of what was printed; the whole is in the step's sink. */
  readonly truncated?: boolean;
  /** The end of what it printed on standard error, at most 64 KiB. */
  readonly stderr: string;
  /** Present when a process was run: its exit status, 128 + n after signal n. */
  readonly exitCode?: number;
  /** What was run, for people: `execute: systemctl restart app`. */
  readonly command?: string;
  /** Present when the step failed, was blocked or cancelled: why. */
  readonly error?: string;
  readonly changes: readonly Change[];
  /** How often it was tried: 1 without `retry`. */
  readonly attempts: number;
  readonly startedAt: number;
  readonly endedAt: number;
  /** A failure that `ignoreErrors` lets pass: what awaits the step goes on. */
  readonly ignored?: boolean;
  /** How often this step waited for an answer of the host. */
  readonly roundTrips?: number;
}

/** True for a result that lets go on what awaits it. */
export function succeeded(result: Result): boolean {
  return (
    result.status === "ok" ||
    result.status === "changed" ||
    result.status === "skipped" ||
    result.ignored === true
  );
}
