import { StringDecoder } from "node:string_decoder";
import type { Event, RunStarted, StepFinished, StepOutput } from "../event/event.ts";
import { neutralise, neutraliseLine } from "../util/neutralise.ts";
import { flushed, type ReporterOptions, systemClock } from "./options.ts";

/**
 * Shows a run as Runflow did: a line with its time for the beginning and end of each step on standard error, and what
 * steps print on standard output.
 */
export class LogReporter {
  readonly #options: ReporterOptions;
  readonly #decoders = new Map<string, StringDecoder>();
  /** Steps whose message is what they are for. */
  readonly #shown = new Set<string>();
  #hosts = 0;

  constructor(options: ReporterOptions) {
    this.#options = options;
  }

  report(event: Event): void {
    if (event.type === "run-started") this.#started(event);
    else if (event.type === "step-started" && event.attempt === 1) this.#log(event, "is started.");
    else if (event.type === "step-retry")
      this.#log(event, `has failed, and is tried again: ${neutraliseLine(event.error)}`);
    else if (event.type === "step-output") this.#output(event);
    else if (event.type === "step-finished") this.#finished(event);
    else if (event.type === "host-finished" && event.error !== undefined)
      this.#line(`"${neutraliseLine(event.host)}" cannot be reached: ${neutraliseLine(event.error)}`);
    else if (event.type === "warning") this.#line(`warning: ${neutraliseLine(event.message)}`);
    else if (event.type === "run-finished" && event.resume !== undefined)
      this.#line(`to go on: ${neutraliseLine(event.resume)}`);
  }

  async close(): Promise<void> {
    await Promise.all([flushed(this.#options.stdout), flushed(this.#options.stderr)]);
  }

  #started({ hosts }: RunStarted): void {
    this.#hosts = hosts.length;
    const outputs = hosts.flatMap(({ steps }) => steps.filter(({ module }) => module === "output"));
    for (const { id } of outputs) this.#shown.add(id);
  }

  #finished(event: StepFinished): void {
    const { result, restored } = event;
    const reason = neutralise(result.error ?? result.message);
    const word = {
      ok: restored ? "was successful in an earlier run." : "is successful.",
      changed: restored ? "was successful in an earlier run." : "is successful.",
      failed: `is failed: ${reason}`,
      skipped: `is canceled: ${reason}.`,
      blocked: "is canceled due to previous task failed run.",
      cancelled: `is canceled: ${reason}.`,
    }[result.status];
    this.#log(event, result.ignored ? `${word} (ignored)` : word);
    if (result.status === "ok" && this.#shown.has(event.step)) this.#line(neutraliseLine(result.message));
  }

  /** Text as it came, but for what could play tricks on a terminal. A character may come in two pieces. */
  #output({ host, step, stream, data }: StepOutput): void {
    const key = JSON.stringify([host, step, stream]);
    const decoder = this.#decoders.get(key) ?? new StringDecoder("utf8");
    this.#decoders.set(key, decoder);
    const { stdout, stderr } = this.#options;
    (stream === "stdout" ? stdout : stderr).write(neutralise(decoder.write(data)));
  }

  #log({ host, step }: { readonly host: string; readonly step: string }, text: string): void {
    const where = this.#hosts > 1 ? ` on ${neutraliseLine(host)}` : "";
    this.#line(`"${neutraliseLine(nested(step))}"${where} ${text}`);
  }

  #line(text: string): void {
    this.#options.stderr.write(`[${stamp((this.#options.clock ?? systemClock).now())}] ${text}\n`);
  }
}

/** `task.flow_run.a.task.bash_run.b` as Runflow names it: `task.flow_run.a > task.bash_run.b`. */
function nested(step: string): string {
  return step.replaceAll(/\.(?=task\.|output\.)/g, " > ");
}

/** `2021-06-13 14:36:27,477`, in the time of here. */
function stamp(time: number): string {
  const local = new Date(time - new Date(time).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 23).replace("T", " ").replace(".", ",");
}
