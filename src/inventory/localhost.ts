import { Findings } from "./findings.ts";
import { variablesOf } from "./located.ts";
import type { ConnectionOverrides, Host, Inventory } from "./model.ts";
import { connectionSettings } from "./settings.ts";

/** This machine, for a pattern that names it though no inventory does; it has the variables of `all`. */
export function implicitLocalhost(inventory: Inventory, name: string, overrides: ConnectionOverrides): Host {
  const findings = new Findings();
  const vars = inventory.groups.get("all")?.vars ?? Object.freeze({});
  const owner = { name, where: undefined, implicit: true };
  const connection = connectionSettings(owner, variablesOf(vars), overrides, findings);
  findings.throwIfAny();
  return Object.freeze({ name, vars, groups: Object.freeze([]), connection, where: undefined });
}
