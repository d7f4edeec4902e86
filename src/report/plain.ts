import type { Event, HostFinished, Mode, RunStarted, StepFinished, StepRetry } from "../event/event.ts";
import { neutraliseLine } from "../util/neutralise.ts";
import { type Paint, painter, type Style } from "./colour.ts";
import { countersOf, countersText } from "./counters.ts";
import { elapsed, timeOfDay } from "./elapsed.ts";
import { lastLines } from "./last-lines.ts";
import { type Clock, flushed, type ReporterOptions, systemClock } from "./options.ts";
import { type OutputLine, OutputLines } from "./output-lines.ts";
import { plural } from "./plural.ts";
import { Recap } from "./recap.ts";
import { conditionOf, styleFor, wordFor } from "./status.ts";

type Part = readonly [style: Style, text: string];

/** Prints a line for each thing that happens, for logs and CI: `12:03:04 web1 | download | changed | 1.2s | …`. */
export class PlainReporter {
  readonly #options: ReporterOptions;
  readonly #clock: Clock;
  readonly #paint: Paint;
  readonly #recap: Recap;
  readonly #output = new OutputLines();
  #mode: Mode = "apply";

  constructor(options: ReporterOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#paint = painter(options.colour);
    this.#recap = new Recap(options);
  }

  report(event: Event): void {
    this.#recap.add(event);
    if (event.type === "run-started") this.#runStarted(event);
    else if (event.type === "step-retry") this.#retry(event);
    else if (event.type === "step-finished") this.#stepFinished(event);
    else if (event.type === "host-finished") this.#hostFinished(event);
    else if (event.type === "warning") this.#warn(event.host, event.message);
    else this.#progress(event, this.#options.verbosity);
  }

  async close(): Promise<void> {
    const { stdout, stderr } = this.#options;
    const lines = this.#recap.lines();
    if (lines.length > 0) stdout.write(`\n${lines.join("\n")}\n`);
    await Promise.all([flushed(stdout), flushed(stderr)]);
  }

  #runStarted({ runbook, run, mode, hosts, resumed }: RunStarted): void {
    this.#mode = mode;
    const steps = hosts.reduce((count, host) => count + host.steps.length, 0);
    const kind = `${mode === "check" ? "dry run" : "run"}${run && ` ${run}`}${resumed ? ", resumed" : ""}`;
    const size = `${plural(hosts.length, "host")}, ${plural(steps, "step")}`;
    this.#line(undefined, [
      ["bold", runbook],
      ["plain", kind],
      ["plain", size],
    ]);
  }

  #retry({ host, step, attempt, of, delay, error }: StepRetry): void {
    if (this.#options.verbosity > 0) this.#outputLines(host, step, this.#output.end(host, step));
    const text = `attempt ${attempt}${of === undefined ? "" : ` of ${of}`} failed, next in ${elapsed(delay)}`;
    this.#line(host, [
      ["plain", step],
      ["changed", "retrying"],
      ["plain", text],
      ["plain", error],
    ]);
  }

  #stepFinished({ host, step, result, restored }: StepFinished): void {
    const verbose = this.#options.verbosity > 0;
    const condition = conditionOf(result);
    if (verbose) this.#outputLines(host, step, this.#output.end(host, step));
    else if (restored) return;
    else if (condition === "failed") this.#outputLines(host, step, lastLines(result));
    const word: Part = [styleFor(condition), wordFor(condition, this.#mode)];
    const time = restored ? "earlier run" : elapsed(result.endedAt - result.startedAt);
    this.#line(host, [["plain", step], word, ["dim", time], ["plain", result.error ?? result.message]]);
  }

  #hostFinished({ host, status, counts, error }: HostFinished): void {
    const text = countersText(countersOf(counts, status));
    const word: Part = [styleFor(status), status === "ok" ? "done" : status];
    this.#line(host, [word, ["plain", text], ["plain", error ?? ""]]);
  }

  /** Warnings are no result: they go where they do not get into a pipe. */
  #warn(host: string | undefined, message: string): void {
    const line = this.#format(host, [
      ["changed", "warning"],
      ["plain", message],
    ]);
    this.#options.stderr.write(line);
  }

  /** What only matters to those who look closely. */
  #progress(event: Event, verbosity: number): void {
    if (event.type === "step-output" && verbosity > 0) {
      this.#outputLines(event.host, event.step, this.#output.push(event));
    } else if (event.type === "step-started" && verbosity > 0) {
      this.#line(event.host, [
        ["plain", event.step],
        ["running", "started"],
      ]);
    } else if (event.type === "host-connecting" && verbosity > 1) {
      this.#line(event.host, [["dim", "connecting"]]);
    } else if (event.type === "host-connected" && verbosity > 1) {
      this.#line(event.host, [["dim", "connected"]]);
    }
  }

  #outputLines(host: string, step: string, lines: readonly OutputLine[]): void {
    for (const { stream, text } of lines)
      this.#line(host, [
        ["plain", step],
        ["dim", stream],
        ["plain", text],
      ]);
  }

  #line(host: string | undefined, parts: readonly Part[]): void {
    this.#options.stdout.write(this.#format(host, parts));
  }

  #format(host: string | undefined, parts: readonly Part[]): string {
    const name = host === undefined ? "" : ` ${neutraliseLine(host)}`;
    const said = parts
      .filter(([, text]) => text !== "")
      .map(([style, text]) => this.#paint(style, neutraliseLine(text)));
    return `${[`${this.#paint("dim", timeOfDay(this.#clock.now()))}${name}`, ...said].join(" | ")}\n`;
  }
}
