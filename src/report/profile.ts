import type { Event, HostFinished } from "../event/event.ts";
import { neutraliseLine } from "../util/neutralise.ts";
import type { Paint } from "./colour.ts";
import { CriticalPath, type Path } from "./critical-path.ts";
import { elapsed } from "./elapsed.ts";
import { type Clock, systemClock } from "./options.ts";
import { plural } from "./plural.ts";
import { column, displayWidth, pad } from "./width.ts";

/** So many hosts have a line of their own. */
const SHOWN = 5;
/** So many steps of the critical path have a line of their own. */
const SHOWN_STEPS = 10;
const LONGEST_NAME = 20;

/** What a run's time went into: on the slowest hosts, on the others, and on the chain of steps that it waited for. */
export class Profile {
  readonly #ends: HostFinished[] = [];
  readonly #path: CriticalPath;

  constructor({ clock = systemClock }: { readonly clock?: Clock | undefined }) {
    this.#path = new CriticalPath(clock);
  }

  add(event: Event): void {
    if (event.type === "host-finished") this.#ends.push(event);
    this.#path.add(event);
  }

  lines(paint: Paint): readonly string[] {
    const sorted = this.#ends.toSorted((a, b) => total(b) - total(a));
    const rest = sorted.slice(SHOWN);
    const rows = sorted.slice(0, SHOWN).map((end) => [neutraliseLine(end.host), ...figures([end])]);
    if (rest.length > 0) rows.push([`${rest.length} more, mean`, ...figures(rest)]);
    const title = rest.length > 0 ? "slowest hosts" : "profile";
    const table = rows.length > 0 ? columns([[title, ...HEADS], ...rows], paint) : [];
    const path = this.#pathLines(paint);
    return path.length > 0 ? [...table, "", ...path] : table;
  }

  #pathLines(paint: Paint): readonly string[] {
    const path = this.#path.find();
    if (!path) return [];
    const bound = path.steps.map(({ ms }) => ms).toSorted((a, b) => b - a)[SHOWN_STEPS - 1] ?? 0;
    const longest = path.steps.filter(({ ms }) => ms >= bound).slice(0, SHOWN_STEPS);
    const others = path.steps.filter((step) => !longest.includes(step));
    const sum = (steps: Path["steps"]): number => steps.reduce((time, { ms }) => time + ms, 0);
    const rows = longest.map(({ name, ms }) => [`  ${neutraliseLine(name)}`, milliseconds(ms)]);
    if (others.length > 0) rows.push([`  ${plural(others.length, "other")}`, milliseconds(sum(others))]);
    const head = [`critical path: ${neutraliseLine(path.host)}`, milliseconds(sum(path.steps))];
    return columns([head, ...rows], paint, 2 * LONGEST_NAME);
  }
}

const HEADS = ["connect", "host", "line", "here", "trips", "out", "in"];

/** The figures of a host, or the mean of several. */
function figures(ends: readonly HostFinished[]): readonly string[] {
  const mean = (of: (end: HostFinished) => number): number =>
    ends.reduce((sum, end) => sum + of(end), 0) / ends.length;
  const trips = mean(({ traffic }) => traffic.roundTrips);
  return [
    milliseconds(mean(({ times }) => times.connect)),
    milliseconds(mean(({ times }) => times.host)),
    milliseconds(mean(({ times }) => times.line)),
    milliseconds(mean(({ times }) => times.here)),
    Number.isInteger(trips) ? String(trips) : trips.toFixed(1),
    bytes(mean(({ traffic }) => traffic.bytesOut)),
    bytes(mean(({ traffic }) => traffic.bytesIn)),
  ];
}

function total({ times: { connect, host, line, here } }: HostFinished): number {
  return connect + host + line + here;
}

/** Names to the left, figures to the right; the first row is the head. */
function columns(
  rows: ReadonlyArray<readonly string[]>,
  paint: Paint,
  longest = LONGEST_NAME,
): readonly string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => displayWidth(row[i] ?? ""))));
  const [first = 0, ...others] = widths;
  const name = Math.min(longest, first);
  return rows.map(([label = "", ...cells], i) => {
    const numbers = cells.map((cell, at) => pad("", (others[at] ?? 0) - displayWidth(cell)) + cell);
    return paint(i === 0 ? "bold" : "plain", [column(label, name), ...numbers].join("  "));
  });
}

function milliseconds(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)}ms` : elapsed(ms);
}

function bytes(count: number): string {
  if (count < 1024) return `${Math.round(count)} B`;
  const isLarge = count >= 1024 * 1024;
  return `${(count / (isLarge ? 1024 * 1024 : 1024)).toFixed(1)} ${isLarge ? "MiB" : "KiB"}`;
}
