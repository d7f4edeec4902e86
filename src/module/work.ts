import type { LocalFile } from "../shell/file.ts";
import type { Outcome } from "./outcome.ts";

/** `apply` changes the host, `check` only finds out what would change. */
export type Mode = "apply" | "check";

/** One thing to send: the files go first, then the script. */
export interface Pass {
  readonly script: string;
  readonly files: readonly LocalFile[];
}

/** What came back of a pass. */
export interface Answer {
  readonly exitCode: number;
  /** Values that the script reported, in order. */
  readonly records: ReadonlyArray<{ readonly words: readonly string[]; readonly data: Buffer }>;
  /** The end of its output, at most 64 KiB each. */
  readonly stdout: string;
  readonly stderr: string;
}

/** What follows a pass: another one, or the end. */
export type Next =
  | { readonly pass: Pass; readonly outcome?: never }
  | { readonly outcome: Outcome; readonly pass?: never };

/** A step's way on a host: what to send first, and what to make of each answer. It knows no connection. */
export interface Work {
  readonly first: Pass;
  next(answer: Answer): Promise<Next>;
}
