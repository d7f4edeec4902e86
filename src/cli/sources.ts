import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { loadInventory } from "../inventory/load.ts";
import type { ConnectionOverrides } from "../inventory/model.ts";

/** What `-i` and RCM_INVENTORY name: files as absolute paths, everything else as it is. */
export function inventorySources(flags: Readonly<Record<string, unknown>>): readonly string[] {
  const given = [(flags.inventory as string[] | string | undefined) ?? []].flat();
  return given.map((source) => (existsSync(source) ? resolve(source) : source));
}

/** The inventory of these sources; without any it is this machine, not by SSH. */
export async function inventoryFrom(
  sources: readonly string[],
  overrides: ConnectionOverrides,
): Promise<ReturnType<typeof loadInventory>> {
  if (sources.length > 0) return await loadInventory(sources, { overrides });
  return await loadInventory(["localhost,"], {
    overrides: { ...overrides, type: overrides.type ?? "local" },
  });
}
