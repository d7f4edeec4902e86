import type { Draft, DraftGroup } from "./draft.ts";

/** How the groups of a reconciled draft stand to each other. */
export interface Hierarchy {
  /** Groups from weak to strong: by depth below `all`, then priority, then name. */
  readonly order: readonly string[];
  /** The groups above one, itself included. */
  readonly above: (name: string) => ReadonlySet<string>;
  /** The hosts in a group: its own first, then those of its children, level by level. */
  readonly hostsIn: (name: string) => readonly string[];
}

/** Works out the hierarchy of a draft without circles. */
export function hierarchyOf({ groups, hosts }: Draft): Hierarchy {
  const parents = parentsOf(groups);
  const depth = depths(groups, parents);
  const order = [...groups.values()].sort((a, b) => compare(a, b, depth)).map((group) => group.name);
  const childrenOf = (name: string): Iterable<string> => groups.get(name)?.children ?? [];
  return {
    order,
    above: (name) => reach(name, (group) => parents.get(group) ?? []),
    hostsIn: (name) => {
      if (name === "all") return [...hosts.keys()];
      const own = [...reach(name, childrenOf)].flatMap((group) => [...(groups.get(group)?.hosts ?? [])]);
      return [...new Set(own)];
    },
  };
}

type Groups = ReadonlyMap<string, DraftGroup>;
type Parents = ReadonlyMap<string, readonly string[]>;

function parentsOf(groups: Groups): Parents {
  const parents = new Map<string, string[]>([...groups.keys()].map((name) => [name, []]));
  for (const { name, children } of groups.values())
    for (const child of children) parents.get(child)?.push(name);
  return parents;
}

/** The longest way from `all` to each group, whose parents are always settled before it. */
function depths(groups: Groups, parents: Parents): ReadonlyMap<string, number> {
  const depth = new Map([["all", 0]]);
  const waiting = new Map([...parents].map(([name, above]) => [name, above.length]));
  const settled = ["all"];
  for (const name of settled) {
    for (const child of groups.get(name)?.children ?? []) {
      depth.set(child, Math.max(depth.get(child) ?? 0, (depth.get(name) ?? 0) + 1));
      const left = (waiting.get(child) ?? 0) - 1;
      waiting.set(child, left);
      if (left === 0) settled.push(child);
    }
  }
  return depth;
}

function compare(a: DraftGroup, b: DraftGroup, depth: ReadonlyMap<string, number>): number {
  const byDepth = (depth.get(a.name) ?? 0) - (depth.get(b.name) ?? 0);
  return byDepth || priorityOf(a) - priorityOf(b) || (a.name < b.name ? -1 : 1);
}

function priorityOf(group: DraftGroup): number {
  return Number(group.vars.get("ansible_group_priority")?.value ?? 1);
}

/** Everything that steps lead to, the start included, nearest first. */
function reach(start: string, steps: (name: string) => Iterable<string>): ReadonlySet<string> {
  const reached = new Set([start]);
  for (const name of reached) for (const next of steps(name)) reached.add(next);
  return reached;
}
