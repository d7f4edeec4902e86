import type { TableFunction } from "./define.ts";
import type { FlowFunction } from "./function.ts";
import { CASE } from "./text-case.ts";
import type { World } from "./world.ts";

const ALL: readonly TableFunction[] = [...CASE];

/** Every function that flows can call without an import, by name. */
export const table: ReadonlyMap<string, TableFunction> = new Map(
  ALL.map((one) => [one.name, one] as const).toSorted(([a], [b]) => (a < b ? -1 : 1)),
);

/**
 * The functions for a scope.
 *
 * @param world what those that are not pure see: one for a whole run, and the same when it is resumed
 */
export function functionsIn(world: World): ReadonlyMap<string, FlowFunction> {
  return new Map(Array.from(table, ([name, one]) => [name, one.bind(world)]));
}
