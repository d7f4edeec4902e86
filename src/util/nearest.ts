/** `, did you mean "a" or "b"?`, or nothing. */
export function didYouMean(typed: string, known: Iterable<string>): string {
  const hint = suggest(typed, known);
  return hint === undefined ? "" : `, ${hint.replace("Did", "did")}`;
}

/** A hint that names what was probably meant; undefined when nothing is near. */
export function suggest(typed: string, known: Iterable<string>): string | undefined {
  const names = nearNames(typed, known).map((name) => `"${name}"`);
  return names.length === 0 ? undefined : `Did you mean ${names.join(" or ")}?`;
}

const SHOWN_AT_MOST = 3;

function nearNames(typed: string, known: Iterable<string>): readonly string[] {
  const furthest = Math.max(1, Math.floor(typed.length / 3));
  return Array.from(known, (name) => ({ name, distance: distance(typed, name) }))
    .filter((candidate) => candidate.distance <= furthest)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, SHOWN_AT_MOST)
    .map(({ name }) => name);
}

/** How many letters must be changed, added, dropped or swapped with their neighbour. */
function distance(a: string, b: string): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      const swapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      current[column] = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + (same ? 0 : 1),
        swapped ? at(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    beforeLast = last;
    last = current;
  }
  return at(last, b.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
