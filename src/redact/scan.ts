import { type Alphabet, type Automaton, automatonFor, depthOf, nextPlace, SKIPPED } from "./automaton.ts";

/** Takes the place, from and to, of something that was found. */
export type Found = (from: number, to: number) => void;

/** Looks for patterns in a text that comes piece by piece. */
export class Scan {
  readonly #automaton: Automaton;
  #place = 0;
  #gap = 0;

  constructor(automaton: Automaton) {
    this.#automaton = automaton;
  }

  /** Goes on at a place in the bytes; what {@link open} told of must still stand in front of it. */
  push(bytes: Buffer, at: number, found: Found): void {
    const automaton = this.#automaton;
    const { alphabet, ends, rows } = automaton;
    const { symbols, longestGap } = alphabet;
    let place = this.#place;
    let gap = this.#gap;
    // This looks at every byte that any host prints: hardly one of them gets further than a row.
    for (let i = at; i < bytes.length; i++) {
      const symbol = symbols[bytes[i] as number] as number;
      if (symbol === SKIPPED) {
        gap += 1;
        if (gap > longestGap) place = 0;
        continue;
      }
      gap = 0;
      place = place >= 0 ? (rows[place + symbol] as number) : nextPlace(automaton, place, symbol);
      if (place >= 0) continue;
      const length = ends[~place] as number;
      if (length > 0) found(this.#before(bytes, i + 1, length), i + 1);
    }
    this.#place = place;
    this.#gap = gap;
  }

  /** How many of the last bytes may be the beginning of something. */
  open(bytes: Buffer): number {
    const depth = this.depth;
    return depth === 0 ? 0 : bytes.length - this.#before(bytes, bytes.length, depth);
  }

  /** What follows has nothing to do with what came. */
  reset(): void {
    this.#place = 0;
    this.#gap = 0;
  }

  /** How much of a pattern has been seen. */
  get depth(): number {
    return depthOf(this.#automaton, this.#place);
  }

  /** Where so many counting bytes before a place begin. */
  #before(bytes: Buffer, to: number, count: number): number {
    const { symbols, longestGap } = this.#automaton.alphabet;
    if (longestGap === 0) return to - count;
    let from = to;
    for (let left = count; left > 0 && from > 0; ) {
      from -= 1;
      if (symbols[bytes[from] as number] !== SKIPPED) left -= 1;
    }
    return from;
  }
}

/** Every byte counts as itself. */
const TEXT: Alphabet = { symbols: symbolsOf({}, ""), longestGap: 0 };
/** The url-safe form counts as the other; programs break it into lines. */
const BASE64: Alphabet = { symbols: symbolsOf({ "-": "+", _: "/" }, "\r\n"), longestGap: 2 };
/** Bytes may be apart, and in lines. */
const HEX: Alphabet = {
  symbols: symbolsOf({ A: "a", B: "b", C: "c", D: "d", E: "e", F: "f" }, " :\t\r\n"),
  longestGap: 3,
};

function symbolsOf(same: Readonly<Record<string, string>>, skipped: string): Uint16Array {
  const symbols = Uint16Array.from({ length: 256 }, (_, byte) => byte);
  for (const [from, to] of Object.entries(same)) symbols[from.charCodeAt(0)] = to.charCodeAt(0);
  for (const character of skipped) symbols[character.charCodeAt(0)] = SKIPPED;
  return symbols;
}

/** The automata for these patterns; none where there are none. */
export function automataFor(
  text: Iterable<string>,
  base64: Iterable<string>,
  hex: Iterable<string>,
): readonly Automaton[] {
  const lists = [
    [text, TEXT],
    [base64, BASE64],
    [hex, HEX],
  ] as const;
  return lists.map(([forms, alphabet]) =>
    automatonFor(
      [...forms].map((form) => Buffer.from(form)),
      alphabet,
    ),
  );
}
