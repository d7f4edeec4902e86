import { inventorySources } from "../embed/sources.ts";
import { RcmError } from "../errors.ts";
import { graphInventory, listInventory } from "../inventory/list.ts";
import { loadInventory } from "../inventory/load.ts";
import { selectHosts } from "../inventory/patterns.ts";
import { printJson, printText } from "../report/print.ts";
import { EXIT } from "./exit.ts";
import { inventoryFlag } from "./options.ts";

/** `rcm inventory list`. */
export async function list(pattern: string, flags: Readonly<Record<string, unknown>>): Promise<number> {
  const sources = inventorySources(inventoryFlag(flags));
  if (sources.length === 0)
    throw new RcmError("There is no inventory to list", { code: "usage", hint: "name one with -i FILE" });
  const inventory = await loadInventory(sources, { overrides: {} });
  for (const warning of inventory.warnings) process.stderr.write(`warning: ${warning}\n`);
  const limit = flags.limit as string | undefined;
  if (pattern !== "all" || limit !== undefined) {
    const hosts = selectHosts(inventory, pattern, limit === undefined ? {} : { limit });
    printText(hosts.map(({ name }) => `${name}\n`).join(""), process.stdout);
  } else if (flags.graph === true) printText(`${graphInventory(inventory).trimEnd()}\n`, process.stdout);
  else printJson(listInventory(inventory, { export: flags.export === true }), process.stdout, 4);
  return EXIT.ok;
}
