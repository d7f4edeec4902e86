import { neutraliseLine } from "../util/neutralise.ts";
import type { Paint } from "./colour.ts";
import { elapsing } from "./elapsed.ts";
import { finishedRows } from "./finished-rows.ts";
import { hostBlock, hostRow, nameWidth } from "./host-block.ts";
import type { HostState } from "./host-state.ts";
import { plural } from "./plural.ts";
import { type Cell, row } from "./row.ts";
import type { RunState } from "./run-state.ts";

/** The terminal a picture is drawn for, and when. */
export interface View {
  readonly columns: number;
  readonly rows: number;
  readonly now: number;
  readonly paint: Paint;
}

/** Draws a run: at most `rows - 1` lines, each narrower than the terminal. */
export function picture(run: RunState, view: View): readonly string[] {
  const room = Math.max(1, view.rows - 1);
  const finished = finishedRows(run, room - 1);
  const head = headRow(run, view.now);
  const lines = [head, ...finished, ...unfinishedRows(run, room - 1 - finished.length, view)];
  return lines.slice(0, room).map((cells) => row(cells, view.columns - 1, view.paint));
}

type Row = readonly Cell[];

function headRow(run: RunState, now: number): Row {
  const { runbook, run: id, mode, resumed } = run.started;
  const dry = mode === "check" ? " (dry run)" : "";
  const unreachable = run.troubled.filter(({ end }) => end?.status === "unreachable").length;
  const parts = [
    [run.fine.length, "done"],
    [run.troubled.length - unreachable, "failed"],
    [unreachable, "unreachable"],
    [run.running.size, "running"],
    [run.waiting.size, "waiting"],
  ].filter(([count]) => count !== 0);
  return [
    ["bold", neutraliseLine(runbook)],
    ["dim", `${id && ` ${neutraliseLine(id)}`}${resumed ? " resumed" : ""}${dry}`],
    ["dim", `  ${elapsing((run.finishedAt ?? now) - run.startedAt)}`],
    ["plain", `  ${plural(run.hosts.size, "host")}: ${parts.map((part) => part.join(" ")).join(", ")}`],
  ];
}

/** A waiting host says nothing, so more than these few are only counted. */
const WAITING_ROWS = 3;

/** Hosts at work, each as fully as the room allows, the longest at work first; then those that wait. */
function unfinishedRows(run: RunState, room: number, view: View): readonly Row[] {
  const [running, waiting] = [[...run.running], [...run.waiting]];
  const everyOne = waiting.length <= WAITING_ROWS && running.length + waiting.length <= room;
  const counted = everyOne ? 0 : waiting.length;
  const slots = room - (waiting.length - counted);
  const shown = running.slice(0, counted > 0 || running.length > slots ? Math.max(0, slots - 1) : slots);
  const more = moreRow(running.length - shown.length, counted, shown.length > 0);
  const width = nameWidth(everyOne ? [...shown, ...waiting] : shown);
  const block = { now: view.now, mode: run.started.mode, width };
  const blocks = share(shown, slots - more.length).map(([host, rows]) => hostBlock(host, { ...block, rows }));
  const idle = everyOne ? waiting.map((host) => hostRow(host, { ...block, rows: 1 })) : [];
  return [...blocks.flat(), ...idle, ...more];
}

function moreRow(running: number, waiting: number, others: boolean): readonly Row[] {
  if (running + waiting === 0) return [];
  const parts = [running > 0 ? `${running} running` : "", waiting > 0 ? `${waiting} waiting` : ""];
  const text = `${plural(running + waiting, others ? "more host" : "host")}: ${parts.filter(Boolean).join(", ")}`;
  return [[["dim", others ? `… and ${text}` : `… ${text}`]]];
}

/** Deals out rows: who needs few gets what it needs, the others share the rest evenly. */
function share(hosts: readonly HostState[], room: number): readonly (readonly [HostState, number])[] {
  const rows = new Map<HostState, number>();
  let left = room;
  const modestFirst = [...hosts].sort((a, b) => a.steps.size - b.steps.size);
  for (const [index, host] of modestFirst.entries()) {
    const given = Math.min(host.steps.size + 1, Math.floor(left / (hosts.length - index)));
    rows.set(host, given);
    left -= given;
  }
  return hosts.map((host) => [host, rows.get(host) ?? 1]);
}
