import type { LocalFile } from "../shell/file.ts";
import type { Look } from "../shell/script.ts";
import type { Outcome } from "./outcome.ts";

/** `apply` changes the host, `check` only finds out what would change; with `stub` no host is contacted. */
export type Mode = "apply" | "check" | "stub";

/** One thing to send: the files go first, then the script. */
export interface Pass {
  readonly script: string;
  /** It neither ends nor changes the shell that it runs in, whatever the values in it. */
  readonly isInline?: boolean;
  /** What the script asks about files. */
  readonly looks?: readonly Look[];
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
  /** It had been run before, and the answer was lost: there is its exit status, and nothing of its output. */
  readonly isReceipt?: boolean;
}

/** What follows a pass: another one, or the end. */
export type Next =
  | { readonly pass: Pass; readonly outcome?: never }
  | { readonly outcome: Outcome; readonly pass?: never };

/** Values that probes will print once what was already decided has been applied, by the text of the probe. */
export type Foreseen = Map<string, string>;

/** A step's way on a host: what to send first, and what to make of each answer. It knows no connection. */
export interface Work {
  /** `property`: it may be probed while something before it is still to be computed; `quiet`: it changes nothing. */
  readonly kind: "property" | "action" | "quiet";
  /** False when only this side can say whether it succeeded or changed something, so that nothing may follow it unasked. */
  readonly isPlain: boolean;
  readonly first: Pass;
  /** Local files that later passes may have to send. */
  readonly files: readonly LocalFile[];
  next(answer: Answer): Promise<Next>;
  /**
   * The pass to send after a probe that came before something else was applied: all over again, but what must be
   * computed is computed already, from what is foreseen, and refuses to act on anything else.
   */
  again(answer: Answer, foreseen: Foreseen): Promise<Pass>;
  /** Adds what its probes will print once its latest pass has been run. */
  foresee(foreseen: Foreseen): void;
}
