import type { LocalTree } from "../../src/index.ts";

/** Names that go to one program at once: Linux takes 2 MiB of them. */
const AT_ONCE = 400;

/** A file of the folder. */
export type Entry = LocalTree["files"][number];

/** Other names come out of sha256sum with escapes, which not every version writes; `-` is its standard input. */
export function isPlain({ path: name }: Entry): boolean {
  return !/[\\\n\r]/.test(name) && name !== "-";
}

/** Lists that fit into one command line each. */
export function chunks<T>(items: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(items.length / AT_ONCE) }, (_, i) =>
    items.slice(i * AT_ONCE, (i + 1) * AT_ONCE),
  );
}
