import type { LocalTree } from "../../src/index.ts";

/** A file of the folder. */
export type Entry = LocalTree["files"][number];

/** Other names come out of sha256sum with escapes, which not every version writes; `-` is its standard input. */
export function isPlain({ path: name }: Entry): boolean {
  return !/[\\\n\r]/.test(name) && name !== "-";
}
