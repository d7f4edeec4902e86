import type { Mode } from "../event/event.ts";
import { neutraliseLine } from "../util/neutralise.ts";
import type { Place } from "./branches.ts";
import { elapsing } from "./elapsed.ts";
import type { HostState } from "./host-state.ts";
import { plural } from "./plural.ts";
import type { Cell } from "./row.ts";
import { signFor, styleFor } from "./status.ts";
import { stepCells, stepRow } from "./step-row.ts";
import { column, displayWidth } from "./width.ts";

/** The room for a host's drawing. */
export interface BlockView {
  readonly rows: number;
  readonly now: number;
  readonly mode: Mode;
  /** Columns of the longest host name. */
  readonly width: number;
}

type Row = readonly Cell[];

/** Below this a window on the steps shows little but its own edges. */
const SMALLEST_BLOCK = 5;

/** An unfinished host: its whole graph if there is room, else a window on it, else one row. */
export function hostBlock(host: HostState, view: BlockView): readonly Row[] {
  const { places } = host;
  if (places.length + 1 > view.rows && view.rows < SMALLEST_BLOCK) return [hostRow(host, view)];
  const head = headRow(host, view);
  const drawing = { ...view, width: Math.min(LONGEST_NAME, host.width) };
  const rows = window(host, view.rows - 1, (place) => stepRow(host, place, drawing));
  return [head, ...rows];
}

/** The host in one row: how far it is, and its current step. */
export function hostRow(host: HostState, view: BlockView): Row {
  const [step] = host.active;
  if (!step) return headRow(host, view);
  const others = host.active.size > 1 ? ` (+${host.active.size - 1})` : "";
  const name: Cell = ["plain", `  ${neutraliseLine(step.view.id)}${others} `];
  return [...headCells(host, view), name, ...stepCells(step, view)];
}

/** The columns that the names of some hosts need. */
export function nameWidth(hosts: readonly HostState[]): number {
  const widths = hosts.map(({ view }) => displayWidth(neutraliseLine(view.host)));
  return Math.min(LONGEST_NAME, Math.max(0, ...widths));
}

const LONGEST_NAME = 28;

function headRow(host: HostState, view: BlockView): Row {
  const doing = host.connecting ? (host.done > 0 ? "reconnecting " : "connecting ") : "";
  const time = host.since === 0 ? "waiting" : `${doing}${elapsing(view.now - host.since)}`;
  return [...headCells(host, view), ["dim", `  ${time}`]];
}

function headCells(host: HostState, { width }: BlockView): Row {
  const condition = host.since === 0 ? "waiting" : host.failed > 0 ? "failed" : "running";
  const total = String(host.steps.size);
  return [
    [styleFor(condition), `${signFor(condition)} `],
    ["bold", column(neutraliseLine(host.view.host), width)],
    ["plain", `  ${String(host.done).padStart(total.length)}/${total}`],
    ["failed", host.failed > 0 ? `  ${host.failed} failed` : ""],
  ];
}

/** As many rows as there is room for, around the first step at work; what is above and below is counted. */
function window(host: HostState, room: number, draw: (place: Place) => Row): readonly Row[] {
  const { places } = host;
  if (places.length <= room) return places.map(draw);
  const current = Math.max(0, currentIndex(host));
  const start = Math.max(0, Math.min(current - Math.floor(room / 3), places.length - room));
  const end = start + room;
  const [above, below] = [start > 0 ? start + 1 : 0, end < places.length ? places.length - end + 1 : 0];
  return [
    ...elision(host, places.slice(0, above)),
    ...places.slice(above, places.length - below).map(draw),
    ...elision(host, places.slice(places.length - below)),
  ];
}

function currentIndex(host: HostState): number {
  const [active] = host.active;
  const isCurrent = ({ step }: Place) => active?.view === step || (!active && isOpen(host, step.id));
  return host.places.findIndex(isCurrent);
}

function isOpen(host: HostState, id: string): boolean {
  return host.steps.get(id)?.condition === "waiting";
}

function elision(host: HostState, hidden: readonly Place[]): readonly Row[] {
  if (hidden.length === 0) return [];
  const conditions = hidden.map(({ step }) => host.steps.get(step.id)?.condition ?? "waiting");
  const kinds = [...new Set(conditions)];
  const counted = kinds.map((kind) => `${conditions.filter((one) => one === kind).length} ${kind}`);
  const steps = plural(hidden.length, "step");
  return [[["dim", `  ⋮ ${steps}${kinds.length === 1 ? ` ${kinds[0]}` : `: ${counted.join(", ")}`}`]]];
}
