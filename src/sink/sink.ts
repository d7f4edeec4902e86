import type { Secrets } from "../module/secrets.ts";

/** Which of a step's streams. */
export type Stream = "stdout" | "stderr";

/** Whose output a sink is opened for. */
export interface SinkPlace {
  /** Id of the run; one that nothing else knows where nothing of the run is kept. */
  readonly run: string;
  readonly host: string;
  readonly step: string;
  /** Those that the step's option `secrets` gives it. */
  readonly secrets: Secrets;
}

/** An open sink. What it throws is told as a warning; then nothing more is given to it. */
export interface OpenSink {
  /** The output of this attempt follows; counted from 1. */
  begin?(attempt: number): void | Promise<void>;
  /** Takes bytes as they come, without secrets; the next ones wait until it is done with them. */
  write(stream: Stream, data: Buffer): void | Promise<void>;
  /** The step has ended; awaited before its result counts. */
  close(): void | Promise<void>;
}

/**
 * Where a step's output goes beside the run's own folder: for the step option `sink`.
 *
 * @example
 * const syslog: StepSink = { open: ({ host, step }) => ({ write: (_, data) => send(host, step, data), close: () => {} }) };
 */
export interface StepSink {
  /** False: the run's folder gets nothing. */
  readonly keeps?: boolean;
  /** Is called when the step begins. */
  open(place: SinkPlace): OpenSink | Promise<OpenSink>;
}
