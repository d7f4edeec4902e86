import type { Mode } from "../event/event.ts";
import type { Result, StepStatus } from "../module/result.ts";
import type { Style } from "./colour.ts";

/** What can be said of a step or a host: how it ended, or what it is at. */
export type Condition = StepStatus | "ignored" | "unreachable" | "waiting" | "running" | "retrying";

/** The condition that a result leaves a step in. */
export function conditionOf(result: Pick<Result, "status" | "ignored">): Condition {
  return result.status === "failed" && result.ignored === true ? "ignored" : result.status;
}

/** The word for a condition; a dry run changes nothing, so it says `would change`. */
export function wordFor(condition: Condition, mode: Mode): string {
  if (condition === "changed" && mode === "check") return "would change";
  return condition === "ignored" ? "failed, ignored" : condition;
}

/** The colour for a condition. */
export function styleFor(condition: Condition): Style {
  return STYLES[condition];
}

/** The sign for a condition, for eyes that see no colours. */
export function signFor(condition: Condition): string {
  return SIGNS[condition];
}

const STYLES: Readonly<Record<Condition, Style>> = {
  ok: "ok",
  changed: "changed",
  failed: "failed",
  ignored: "changed",
  unreachable: "unreachable",
  skipped: "skipped",
  blocked: "skipped",
  cancelled: "skipped",
  waiting: "dim",
  running: "running",
  retrying: "changed",
};

const SIGNS: Readonly<Record<Condition, string>> = {
  ok: "✓",
  changed: "~",
  failed: "✗",
  ignored: "!",
  unreachable: "✗",
  skipped: "-",
  blocked: "⊘",
  cancelled: "⊘",
  waiting: "·",
  running: "▸",
  retrying: "↻",
};
