import type { Draft } from "./draft.ts";
import { type Findings, placeOf } from "./findings.ts";
import { type Located, locatedMapping, type Variables } from "./located.ts";
import type { VarsFiles } from "./vars-files.ts";

/** Variables laid over each other; later layers win, name by name. */
export function mergeVars(layers: Iterable<Variables>): Variables {
  const merged = new Map<string, Located>();
  for (const layer of layers) {
    for (const [name, variable] of layer) merged.set(name, over(name, merged.get(name), variable));
  }
  return merged;
}

/** A value replaces the one below it whole, as in Ansible; only rcm's own settings add up, key by key. */
function over(name: string, below: Located | undefined, above: Located): Located {
  if (name !== "rcm" || !below?.entries || !above.entries) return above;
  return locatedMapping(new Map([...below.entries, ...above.entries]), above.where);
}

/**
 * The layers that groups give a host, weak to strong: what the inventories say, then `group_vars/all` of each
 * source, then the other `group_vars`.
 *
 * @param groups - the host's groups from weak to strong, `all` first
 */
export function groupLayers(
  groups: readonly string[],
  draft: Draft,
  files: readonly VarsFiles[],
): Variables[] {
  const others = groups.filter((name) => name !== "all");
  return [
    ...groups.map((name) => inlineVars(draft, name)),
    ...files.map((source) => source.groups.get("all") ?? NONE),
    ...files.flatMap((source) => others.map((name) => source.groups.get(name) ?? NONE)),
  ];
}

const NONE: Variables = new Map();

/** A group's variables in the inventories, less its priority, which is no variable of its hosts. */
function inlineVars(draft: Draft, name: string): Variables {
  const vars = new Map(draft.groups.get(name)?.vars);
  vars.delete("ansible_group_priority");
  return vars;
}

/** Warns where a `group_vars` file wins over what a stronger group says in the inventory: few expect it. */
export function warnOfSurprises(
  groups: readonly string[],
  draft: Draft,
  files: readonly VarsFiles[],
  findings: Findings,
): void {
  for (const [index, weaker] of groups.entries()) {
    const fromFiles = mergeVars(files.map((source) => source.groups.get(weaker) ?? NONE));
    for (const [name, { where }] of fromFiles) {
      for (const stronger of groups.slice(index + 1)) {
        const loser = inlineVars(draft, stronger).get(name)?.where;
        if (!where || !loser) continue;
        const text = `"${name}" of the group "${stronger}" (${placeOf(loser)}) gives way to this file`;
        findings.warn(`${text}: group_vars win over what an inventory says`, where);
      }
    }
  }
}
