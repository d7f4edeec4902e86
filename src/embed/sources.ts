import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { loadInventory } from "../inventory/load.ts";
import type { ConnectionOverrides, InventorySource } from "../inventory/model.ts";

/** What was given as inventory, one by one: files as absolute paths, everything else as it is. */
export function inventorySources(
  given: InventorySource | readonly InventorySource[] | undefined,
): readonly InventorySource[] {
  const all = ([given ?? []] as readonly (InventorySource | readonly InventorySource[])[]).flat();
  return all.map((source) =>
    typeof source === "string" && existsSync(source) ? resolve(source) : source,
  ) as readonly InventorySource[];
}

/** The inventory of these sources; without any it is this machine, not by SSH. */
export async function inventoryFrom(
  sources: readonly InventorySource[],
  overrides: ConnectionOverrides,
): Promise<ReturnType<typeof loadInventory>> {
  if (sources.length > 0) return await loadInventory(sources, { overrides });
  return await loadInventory(["localhost,"], {
    overrides: { ...overrides, type: overrides.type ?? "local" },
  });
}
