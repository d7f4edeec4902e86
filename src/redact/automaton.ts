/** How bytes count when patterns are looked for. */
export interface Alphabet {
  /** What a byte counts as; {@link SKIPPED}: it may stand between the bytes of a pattern. */
  readonly symbols: Uint16Array;
  /** So many skipped bytes may follow one another within a pattern. */
  readonly longestGap: number;
}

/** Counts for nothing. */
export const SKIPPED = 256;

/** States nearer to the root have a row of all symbols: text that holds no pattern hardly leaves them. */
const DENSE_DEPTH = 3;
const MAX_ROWS = 8192;

/**
 * The automaton of Aho and Corasick, which finds many patterns in one pass. Its time is linear in the text, whatever
 * that and the patterns are. One is in it at a place: where a row begins, or the complement of a state that has no row.
 */
export interface Automaton {
  readonly alphabet: Alphabet;
  /** The trie: first child, next sibling, and the symbol that leads to the state; 0 is the root, and no state there. */
  readonly child: Int32Array;
  readonly sibling: Int32Array;
  readonly symbol: Int32Array;
  /** How many symbols of a pattern have been seen. */
  readonly depth: Int32Array;
  /** The state for the longest suffix of what was seen that begins a pattern. */
  readonly fallback: Int32Array;
  /** Length of the longest pattern that is complete; 0 for none, as in all states that have a row. */
  readonly ends: Int32Array;
  /** The place of each state. */
  readonly places: Int32Array;
  /** The next place for each symbol, row by row; the root's is the first. */
  readonly rows: Int32Array;
  /** The state of each row. */
  readonly owners: Int32Array;
}

/** The place after one without a row. */
export function nextPlace(
  { child, sibling, symbol, fallback, places, rows }: Automaton,
  from: number,
  by: number,
): number {
  for (let place = from; ; ) {
    if (place >= 0) return rows[place + by] as number;
    const state = ~place;
    let next = child[state] as number;
    while (next !== 0 && symbol[next] !== by) next = sibling[next] as number;
    if (next !== 0) return places[next] as number;
    place = places[fallback[state] as number] as number;
  }
}

/** How many symbols of a pattern have been seen at a place. */
export function depthOf({ depth, owners }: Automaton, place: number): number {
  return depth[place < 0 ? ~place : (owners[place >> 8] as number)] as number;
}

/** Makes the automaton for these patterns, each of at least four symbols. */
export function automatonFor(patterns: readonly Buffer[], alphabet: Alphabet): Automaton {
  const trie = trieOf(patterns, alphabet);
  const order = breadthFirst(trie);
  const fallback = new Int32Array(order.length);
  for (const state of order) link(trie, fallback, state);
  return { alphabet, ...trie, fallback, ...rowsOf(trie, fallback, order) };
}

type Trie = Pick<Automaton, "child" | "sibling" | "symbol" | "depth" | "ends">;

function trieOf(patterns: readonly Buffer[], { symbols }: Alphabet): Trie {
  const most = patterns.reduce((sum, { length }) => sum + length, 1);
  const list = (): Int32Array => new Int32Array(most);
  const trie = { child: list(), sibling: list(), symbol: list(), depth: list(), ends: list() };
  let states = 1;
  for (const pattern of patterns) {
    let state = 0;
    for (const byte of pattern) {
      const symbol = symbols[byte] as number;
      const next = childOf(trie, state, symbol) || states++;
      if (next === states - 1 && trie.depth[next] === 0) grow(trie, state, next, symbol);
      state = next;
    }
    trie.ends[state] = pattern.length;
  }
  const cut = (whole: Int32Array): Int32Array => whole.slice(0, states);
  const { child, sibling, symbol, depth, ends } = trie;
  return {
    child: cut(child),
    sibling: cut(sibling),
    symbol: cut(symbol),
    depth: cut(depth),
    ends: cut(ends),
  };
}

function grow({ child, sibling, symbol, depth }: Trie, parent: number, state: number, by: number): void {
  symbol[state] = by;
  sibling[state] = child[parent] as number;
  child[parent] = state;
  depth[state] = (depth[parent] as number) + 1;
}

function childOf({ child, sibling, symbol }: Trie, state: number, by: number): number {
  let next = child[state] as number;
  while (next !== 0 && symbol[next] !== by) next = sibling[next] as number;
  return next;
}

function breadthFirst({ child, sibling }: Trie): Int32Array {
  const order = new Int32Array(child.length);
  let count = 1;
  for (let at = 0; at < count; at++) {
    for (let next = child[order[at] as number] as number; next !== 0; next = sibling[next] as number)
      order[count++] = next;
  }
  return order;
}

/** Sets the fallbacks of a state's children; its own is known. */
function link(trie: Trie, fallback: Int32Array, state: number): void {
  const { child, sibling, symbol, ends } = trie;
  ends[state] = Math.max(ends[state] as number, ends[fallback[state] as number] as number);
  for (let next = child[state] as number; next !== 0; next = sibling[next] as number) {
    let from = state;
    let found = 0;
    while (from !== 0 && found === 0) {
      from = fallback[from] as number;
      found = childOf(trie, from, symbol[next] as number);
    }
    fallback[next] = found;
  }
}

/** A state's row is that of its fallback, but for its own children. */
function rowsOf(
  { child, sibling, symbol, depth }: Trie,
  fallback: Int32Array,
  order: Int32Array,
): Pick<Automaton, "places" | "rows" | "owners"> {
  const dense = order.filter((state) => (depth[state] as number) < DENSE_DEPTH).subarray(0, MAX_ROWS);
  const places = new Int32Array(order.length).map((_, state) => ~state);
  dense.forEach((state, i) => {
    places[state] = i * 256;
  });
  const rows = new Int32Array(dense.length * 256);
  for (const state of dense) {
    const start = places[state] as number;
    const model = places[fallback[state] as number] as number;
    if (state !== 0) rows.copyWithin(start, model, model + 256);
    for (let next = child[state] as number; next !== 0; next = sibling[next] as number)
      rows[start + (symbol[next] as number)] = places[next] as number;
  }
  return { places, rows, owners: dense };
}
