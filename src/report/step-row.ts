import type { Mode } from "../event/event.ts";
import { Neutraliser, neutraliseLine } from "../util/neutralise.ts";
import type { Place } from "./branches.ts";
import { elapsed, elapsing } from "./elapsed.ts";
import type { HostState, StepState } from "./host-state.ts";
import type { Cell } from "./row.ts";
import { signFor, styleFor, wordFor } from "./status.ts";
import { column, displayWidth } from "./width.ts";

/** What a step's row needs to know of its surroundings. */
export interface StepView {
  readonly now: number;
  readonly mode: Mode;
  /** Columns for lines and name together. */
  readonly width: number;
}

/** A step in its place: `├─ ✓ extract  changed 1.2s  created`. */
export function stepRow(host: HostState, { step, lead, joins }: Place, view: StepView): readonly Cell[] {
  const state = host.steps.get(step.id);
  if (!state) return [];
  const style = styleFor(state.condition);
  const waits = state.condition === "waiting" && joins.length > 0 ? ` for ${joins.join(", ")}` : "";
  return [
    ["dim", `  ${lead}`],
    [style, `${signFor(state.condition)} `],
    ["plain", `${column(neutraliseLine(step.id), view.width - displayWidth(lead))}  `],
    ...stepCells(state, view),
    ["dim", neutraliseLine(waits)],
  ];
}

/** What a step is at, or what it came to. */
export function stepCells(step: StepState, { now, mode }: Omit<StepView, "width">): readonly Cell[] {
  const style = styleFor(step.condition);
  const word = wordFor(step.condition, mode);
  if (step.condition === "waiting") return [[style, word]];
  if (step.condition === "running") return runningCells(step, now);
  if (step.condition === "retrying") return retryCells(step, now);
  const plainer = step.condition === "failed" ? "plain" : "dim";
  return [
    [style, word],
    ["dim", step.took > 0 ? ` ${elapsed(step.took)}` : ""],
    [plainer, step.message === "" ? "" : `  ${neutraliseLine(step.message)}`],
  ];
}

function runningCells(step: StepState, now: number): readonly Cell[] {
  const again = step.attempt > 1 ? ` (attempt ${step.attempt})` : "";
  const line = lastLine(step.tail);
  return [
    [styleFor("running"), `running ${elapsing(now - step.since)}${again}`],
    ["dim", line === "" ? "" : `  ${line}`],
  ];
}

function retryCells({ retry, since }: StepState, now: number): readonly Cell[] {
  const left = Math.ceil(Math.max(0, since + (retry?.delay ?? 0) - now) / 1000) * 1000;
  const total = retry?.of === undefined ? "" : ` of ${retry.of}`;
  return [
    [styleFor("retrying"), `attempt ${retry?.attempt}${total} failed, next in ${elapsing(left)}`],
    ["plain", `  ${neutraliseLine(retry?.error ?? "")}`],
  ];
}

/** The last line that says something; a progress bar's carriage return begins a new one. */
function lastLine(tail: Buffer): string {
  const lines = tail.toString("latin1").split(/[\r\n]+/);
  const last = lines.findLast((line) => line.trim() !== "") ?? "";
  // Not ended: the next chunk brings the rest of a character.
  return neutraliseLine(new Neutraliser().push(Buffer.from(last, "latin1"))).trim();
}
