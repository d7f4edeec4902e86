import { type Sending, stepLine } from "../shell/bootstrap.ts";

/** What a script reported between its ordinary output: `words` say what, `data` is the value. */
export interface SessionRecord {
  readonly words: readonly string[];
  readonly data: Buffer;
}

/** What a script came to. */
export interface Answer {
  readonly exitCode: number;
  readonly records: readonly SessionRecord[];
  /** Present when it was not run: something that it needs failed, changed nothing, or is on hold. */
  readonly skipped?: "blocked" | "idle" | "held";
  /** It had been run before: there is its exit status, and nothing of its output. */
  readonly isReceipt?: boolean;
  /** It was only probed, or it waits for something to be computed. */
  readonly held: boolean;
}

/** A script to run, and who wants to see its output as it arrives. */
export interface Request extends Partial<Pick<Sending, "kind" | "ignoreErrors" | "key" | "isInline">> {
  readonly body: string;
  readonly output: (stream: "stdout" | "stderr", data: Buffer) => void;
  /** Places in the list of requests, before this one, of what must have gone well. */
  readonly needs?: readonly number[];
  /** Unless empty: one of these must have changed something. */
  readonly changed?: readonly number[];
}

/** A script that is under way. */
export interface Sent {
  readonly answer: Promise<Answer>;
  /** Did the host say that it runs it? */
  readonly begun: () => boolean;
}

/** The line that sends a request: one of several that go together, of which the first has the number `first`. */
export function lineOf(
  {
    kind = "quiet",
    ignoreErrors = false,
    needs = [],
    changed = [],
    key = "",
    isInline = false,
    body,
  }: Request,
  first: number,
  i: number,
): string {
  const at = (place: number): number => first + place;
  return stepLine({
    sequence: first + i,
    kind,
    ignoreErrors,
    needs: needs.map(at),
    changed: changed.map(at),
    key,
    isInline,
    body,
  });
}
