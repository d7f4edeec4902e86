import { LAST_LINE, type Sending, stepLine } from "../shell/bootstrap.ts";
import { aheadLines, MAX_LOOKS } from "../shell/looks.ts";
import type { Look } from "../shell/script.ts";

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
  /** What a property's body asks about files. */
  readonly looks?: readonly Look[];
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

/**
 * What sends several requests that go together, of which the first has the number `first`. What a stretch of properties asks
 * about files is asked at once before it: as long as they find everything as it should be, that is what they would see.
 */
export function writeOf(requests: readonly Request[], first: number): string {
  let covered = 0;
  const lines = requests.map((request, i) => {
    if (i < covered) return lineOf(request, first, i);
    const stretch = stretchFrom(requests, i);
    covered = i + Math.max(1, stretch.length);
    return aheadLines(stretch.flatMap(looksOf)) + lineOf(request, first, i);
  });
  return lines.join("") + LAST_LINE;
}

function stretchFrom(requests: readonly Request[], from: number): readonly Request[] {
  let count = 0;
  const end = requests.findIndex((request, i) => {
    if (i < from) return false;
    count += looksOf(request).length;
    return request.kind !== "property" || count > MAX_LOOKS;
  });
  return requests.slice(from, end < 0 ? undefined : end);
}

/** What only something else's change makes a step ask may never be asked, and is not the same then. */
function looksOf({ looks = [], changed = [] }: Request): readonly Look[] {
  return changed.length > 0 ? [] : looks;
}

/** The line that sends a request. */
function lineOf(
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
