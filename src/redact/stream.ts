import type { Automaton } from "./automaton.ts";
import { SHORTEST } from "./forms.ts";
import { Scan } from "./scan.ts";

/** What stands in a secret's place. */
export const MARK = "[REDACTED]";

/** A part of the bytes that is not passed on; with `told`, its mark has been. */
interface Hidden {
  readonly from: number;
  readonly to: number;
  readonly told: boolean;
}

/**
 * Passes bytes on as they come, without the secrets in them. Only what may be the beginning of one is held back until
 * it is known.
 */
export class RedactedStream {
  readonly #scans: readonly Scan[];
  readonly #write: (data: Buffer) => void;
  #held: Buffer = Buffer.alloc(0);
  /** In what is held back, in order, apart from each other. */
  #hidden: Hidden[] = [];

  constructor(automata: readonly Automaton[], write: (data: Buffer) => void) {
    this.#scans = automata.map((automaton) => new Scan(automaton));
    this.#write = write;
  }

  push(data: Buffer): void {
    const bytes = this.#held.length === 0 ? data : Buffer.concat([this.#held, data]);
    const found: Hidden[] = [];
    for (const scan of this.#scans)
      scan.push(bytes, this.#held.length, (from, to) => addTo(found, { from, to, told: false }));
    const open = Math.max(0, ...this.#scans.map((scan) => scan.open(bytes)));
    if (found.length > 0) this.#hidden = united([...this.#hidden, ...found]);
    this.#pass(bytes, bytes.length - open);
  }

  /** Nothing follows that belongs to it. What was cut off in the middle of a secret, when its process was ended, is hidden as far as it came. */
  end(isCut = false): void {
    const { length } = this.#held;
    const open = Math.max(
      0,
      ...this.#scans.map((scan) => (scan.depth < SHORTEST ? 0 : scan.open(this.#held))),
    );
    if (isCut && open > 0)
      this.#hidden = united([...this.#hidden, { from: length - open, to: length, told: false }]);
    this.#pass(this.#held, length);
    for (const scan of this.#scans) scan.reset();
  }

  #pass(bytes: Buffer, to: number): void {
    const pieces: Buffer[] = [];
    let at = 0;
    for (const hidden of this.#hidden) {
      if (hidden.from >= to) break;
      pieces.push(bytes.subarray(at, hidden.from));
      if (!hidden.told) pieces.push(Buffer.from(MARK));
      at = Math.min(hidden.to, to);
    }
    pieces.push(bytes.subarray(at, to));
    this.#hidden = this.#hidden
      .filter((hidden) => hidden.to > to)
      .map((hidden) => ({
        from: Math.max(0, hidden.from - to),
        to: hidden.to - to,
        told: hidden.told || hidden.from < to,
      }));
    this.#held = to === bytes.length ? Buffer.alloc(0) : Buffer.from(bytes.subarray(to));
    const clean = pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces);
    if (clean.length > 0) this.#write(clean);
  }
}

/** A longer one with the same end, or one that begins where the last ends, takes its place: there may be very many. */
function addTo(found: Hidden[], next: Hidden): void {
  for (let last = found.at(-1); last && next.from <= last.to; last = found.at(-1)) {
    found.pop();
    next = { from: Math.min(last.from, next.from), to: Math.max(last.to, next.to), told: last.told };
  }
  found.push(next);
}

function united(parts: readonly Hidden[]): Hidden[] {
  const all: Hidden[] = [];
  for (const part of parts.toSorted((a, b) => a.from - b.from || Number(b.told) - Number(a.told)))
    addTo(all, part);
  return all;
}
