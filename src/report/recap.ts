import type { Event, HostFinished, RunFinished, RunStarted } from "../event/event.ts";
import { formatDuration } from "../util/duration.ts";
import { neutraliseLine } from "../util/neutralise.ts";
import { type Paint, painter, type Style } from "./colour.ts";
import { type Counters, countersOf, countersText } from "./counters.ts";
import { Differences } from "./differences.ts";
import { Failures } from "./failures.ts";
import { compareNames, hostList } from "./names.ts";
import type { Clock } from "./options.ts";
import { plural } from "./plural.ts";
import { Profile } from "./profile.ts";
import { wordFor } from "./status.ts";
import { displayWidth, pad } from "./width.ts";

interface RecapOptions {
  readonly colour: boolean;
  readonly diff: boolean;
  readonly profile?: boolean;
  readonly clock?: Clock;
  /** The terminal's, if it is one: lines elsewhere are never broken. */
  readonly columns?: number | undefined;
}

/** What is said when all is over. Its end is what stays on the screen, so that is where trouble stands. */
export class Recap {
  readonly #paint: Paint;
  readonly #diff: boolean;
  readonly #columns: number;
  readonly #ends: HostFinished[] = [];
  readonly #profile: Profile | undefined;
  #started: RunStarted | undefined;
  #finished: RunFinished | undefined;
  #differences: Differences | undefined;
  #failures: Failures | undefined;

  constructor({ colour, diff, profile, clock, columns = Number.POSITIVE_INFINITY }: RecapOptions) {
    this.#paint = painter(colour);
    this.#diff = diff;
    this.#columns = columns;
    this.#profile = profile ? new Profile({ clock }) : undefined;
  }

  add(event: Event): void {
    if (event.type === "run-started") this.#start(event);
    else if (event.type === "host-finished") this.#ends.push(event);
    else if (event.type === "run-finished") this.#finished = event;
    if (event.type === "step-finished") this.#differences?.add(event);
    this.#failures?.add(event);
    this.#profile?.add(event);
  }

  /** The recap, once the run has finished; before, nothing. */
  lines(): readonly string[] {
    if (!this.#started || !this.#finished) return [];
    const sections = [
      this.#differences?.lines(this.#paint) ?? [],
      this.#counters(),
      this.#failures?.lines(this.#paint) ?? [],
      this.#summary(this.#started, this.#finished),
      this.#profile?.lines(this.#paint) ?? [],
    ];
    return sections
      .filter((lines) => lines.length > 0)
      .flatMap((lines, index) => (index > 0 ? ["", ...lines] : lines));
  }

  #start(event: RunStarted): void {
    this.#started = event;
    // A dry run is for reading what would change; else the changes matter to who asked for them.
    if (this.#diff || event.mode === "check") this.#differences = new Differences(event, this.#diff);
    this.#failures = new Failures(event);
  }

  /** A line for all hosts with the same counters, the worst first. */
  #counters(): readonly string[] {
    const groups = new Map<string, HostGroup>();
    for (const { host, counts, status } of this.#ends) {
      const counters = countersOf(counts, status);
      const key = JSON.stringify([status, counters]);
      const group = groups.get(key) ?? { counters, style: severity(counters), names: [] };
      group.names.push(neutraliseLine(host));
      groups.set(key, group);
    }
    return this.#table([...groups.values()].sort(worstFirst));
  }

  /** Names and counters side by side, or one below the other where the terminal would wrap them. */
  #table(groups: readonly HostGroup[]): readonly string[] {
    const rows = groups.map(({ names, style, counters }) => {
      return { label: hostList(names, LONGEST_LABEL), style, text: countersText(counters) };
    });
    const width = Math.max(0, ...rows.map(({ label }) => displayWidth(label)));
    const fits = rows.every(({ text }) => width + 2 + text.length <= this.#columns);
    return rows.map(({ label, style, text }) => {
      return fits
        ? `${this.#paint(style, pad(label, width))}  ${text}`
        : `${this.#paint(style, label)}\n  ${text}`;
    });
  }

  #summary(
    { hosts, mode }: RunStarted,
    { status, duration, directory, resume }: RunFinished,
  ): readonly string[] {
    const all = this.#ends.map((end) => countersOf(end.counts, end.status));
    const sum = (key: keyof Counters) => all.reduce((total, counters) => total + counters[key], 0);
    const parts = [
      `${sum("ok")} ok`,
      `${sum("changed")} ${wordFor("changed", mode)}`,
      `${sum("failed")} failed`,
    ];
    for (const key of ["unreachable", "skipped", "cancelled"] as const)
      if (sum(key) > 0) parts.push(`${sum(key)} ${key}`);
    const text = `${plural(hosts.length, "host")}: ${parts.join(", ")} in ${formatDuration(duration)}`;
    const lines = [this.#paint(status === "completed" ? "ok" : "failed", text)];
    if (mode === "check") lines.push("dry run: nothing was changed");
    if (status === "halted") lines.push("halted before the end");
    if (directory !== undefined) lines.push(`log ${neutraliseLine(directory)}`);
    if (resume !== undefined) lines.push(`resume: ${neutraliseLine(resume)}`);
    return lines;
  }
}

const LONGEST_LABEL = 40;

interface HostGroup {
  readonly counters: Counters;
  readonly style: Style;
  readonly names: string[];
}

const WORST_FIRST: readonly Style[] = ["unreachable", "failed", "skipped", "changed", "ok"];

function severity(counters: Counters): Style {
  if (counters.unreachable > 0) return "unreachable";
  if (counters.failed > 0) return "failed";
  if (counters.cancelled > 0) return "skipped";
  return counters.changed > 0 ? "changed" : "ok";
}

function worstFirst(a: HostGroup, b: HostGroup): number {
  const order = WORST_FIRST.indexOf(a.style) - WORST_FIRST.indexOf(b.style);
  return order || compareNames(a.names[0] ?? "", b.names[0] ?? "");
}
