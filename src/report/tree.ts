import { Listr, ListrEventType } from "listr2";
import type { Event, RunStarted, Warning } from "../event/event.ts";
import { neutralise, neutraliseLine } from "../util/neutralise.ts";
import { painter } from "./colour.ts";
import { flushed, type ReporterOptions, systemClock } from "./options.ts";
import { Recap } from "./recap.ts";
import { RunState } from "./run-state.ts";
import { TreeRenderer } from "./tree-renderer.ts";

/** Draws the run as a tree that is kept up to date, for people at a terminal. */
export class TreeReporter {
  readonly #options: ReporterOptions;
  readonly #recap: Recap;
  readonly #above: string[] = [];
  #run: RunState | undefined;
  #listr: Listr<unknown, typeof TreeRenderer> | undefined;
  #drawn: Promise<unknown> = Promise.resolve();

  constructor(options: ReporterOptions) {
    this.#options = options;
    this.#recap = new Recap({ ...options, columns: options.stdout.columns });
  }

  report(event: Event): void {
    const now = (this.#options.clock ?? systemClock).now();
    if (event.type === "run-started") this.#start(event, now);
    else if (event.type === "warning") this.#warn(event);
    this.#run?.apply(event, now);
    this.#recap.add(event);
    this.#listr?.events.emit(ListrEventType.SHOULD_REFRESH_RENDER);
  }

  async close(): Promise<void> {
    for (const host of this.#run?.hosts.values() ?? []) host.settled.resolve();
    await this.#drawn;
    const { stdout } = this.#options;
    const recap = this.#recap.lines();
    const lines = [...this.#above.splice(0), ...(recap.length > 0 ? ["", ...recap] : [])];
    if (lines.length > 0) stdout.write(`${lines.join("\n")}\n`);
    await flushed(stdout);
  }

  /** Listr is the picture of the run: a task for each host, which ends when an event says so. */
  #start(event: RunStarted, now: number): void {
    const { stdout, colour, clock = systemClock } = this.#options;
    const run = new RunState(event, now);
    const tasks = [...run.hosts.values()].map(({ view, settled }) => ({
      title: neutraliseLine(view.host),
      task: () => settled.promise,
    }));
    this.#run = run;
    this.#listr = new Listr<unknown, typeof TreeRenderer>(tasks, {
      concurrent: true,
      exitOnError: false,
      registerSignalListeners: false,
      renderer: TreeRenderer,
      rendererOptions: { run, output: stdout, clock, paint: painter(colour), above: this.#above },
    });
    this.#drawn = this.#listr.run();
  }

  #warn({ host, message }: Warning): void {
    const from = host === undefined ? "" : `${neutraliseLine(host)}: `;
    const text = painter(this.#options.colour)("changed", "warning:");
    this.#above.push(`${text} ${from}${neutralise(message).replaceAll("\n", "\n  ")}`);
  }
}
