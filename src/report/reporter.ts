import type { Event } from "../event/event.ts";
import { LogReporter } from "./log.ts";
import { NdjsonReporter } from "./ndjson.ts";
import type { ReporterOptions } from "./options.ts";
import { PlainReporter } from "./plain.ts";
import { asciiOutput, type Format } from "./terminal.ts";

/** Shows events; decides nothing. */
export interface Reporter {
  report(event: Event): void;
  /** Ends the picture, prints the recap, and waits until everything is written. */
  close(): Promise<void>;
}

/**
 * Makes the reporter for a format. A tree needs a terminal: elsewhere it becomes plain lines.
 *
 * @example
 * const reporter = await createReporter("tree", { stdout, stderr, colour: true, verbosity: 0, diff: false });
 */
export async function createReporter(format: Format, options: ReporterOptions): Promise<Reporter> {
  // A reader that leaves, as `head` does, must not end a run half-way: what it would not read is lost.
  for (const output of [options.stdout, options.stderr]) output.on?.("error", () => undefined);
  if (format === "ndjson") return new NdjsonReporter(options);
  const { stdout, stderr, unicode = true } = options;
  const printing = unicode
    ? options
    : { ...options, stdout: asciiOutput(stdout), stderr: asciiOutput(stderr) };
  if (format === "log") return new LogReporter(printing);
  if (format !== "tree" || stdout.isTTY !== true) return new PlainReporter(printing);
  const { TreeReporter } = await import("./tree.ts"); // listr2 takes long to load
  return new TreeReporter(printing);
}
