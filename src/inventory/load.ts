import { newDraft, reconcile } from "./draft.ts";
import { Findings } from "./findings.ts";
import type { ConnectionOverrides, InventorySource } from "./model.ts";
import { type LoadedInventory, resolveInventory } from "./resolve.ts";
import { readSource } from "./source.ts";
import { readVarsFiles } from "./vars-files.ts";

/**
 * Loads the inventory that several sources make together: YAML files, lists of hosts such as `web1,web2`, and objects,
 * in the order given; what a later one says wins.
 *
 * @throws RcmError with every problem of every source, each with its place
 * @example
 * const inventory = await loadInventory(["prod.yaml"], { overrides: { user: "deploy" } });
 */
export async function loadInventory(
  sources: readonly InventorySource[],
  { overrides }: { readonly overrides: ConnectionOverrides },
): Promise<LoadedInventory> {
  const findings = new Findings();
  const draft = newDraft();
  const directories: string[] = [];
  for (const source of sources) {
    const directory = await readSource(source, draft, findings);
    if (directory !== undefined) directories.push(directory);
  }
  const files = await readVarsFiles(eachAtItsLast(directories), draft, findings);
  reconcile(draft, findings);
  findings.throwIfAny();
  const inventory = resolveInventory(draft, { files, sources: sources.map(nameOf), overrides }, findings);
  findings.throwIfAny();
  return inventory;
}

function nameOf(source: InventorySource): string {
  return typeof source === "string" ? source : "an object";
}

/** Each directory once, where it wins: at its last mention. */
function eachAtItsLast(directories: readonly string[]): readonly string[] {
  return directories.filter((directory, index) => directories.lastIndexOf(directory) === index);
}
