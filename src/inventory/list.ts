import type { Value, Vars } from "./model.ts";
import type { LoadedGroup, LoadedInventory } from "./resolve.ts";

/** How much a listing says. */
export interface ListOptions {
  /** Leave variables where they are written, on groups and hosts, instead of giving each host all of its own. */
  readonly export?: boolean;
}

/** The inventory in the shape of `ansible-inventory --list`, which Ansible reads back; keys are sorted. */
export function listInventory(inventory: LoadedInventory, options: ListOptions = {}): Vars {
  const groups = [...inventory.groups.values()].map(
    (group) => [group.name, listGroup(group, options)] as const,
  );
  const hosts = [...inventory.hosts.values()].map((host) => {
    return [host.name, sorted(options.export ? host.ownVars : host.vars)] as const;
  });
  const hostvars = sorted(Object.fromEntries(hosts.filter(([, vars]) => !isEmpty(vars))));
  const listed = groups.filter(([, body]) => !isEmpty(body));
  return sorted(Object.fromEntries([...listed, ["_meta", { hostvars }]]));
}

function listGroup({ name, children, ownHosts, vars }: LoadedGroup, options: ListOptions): Vars {
  return {
    ...(children.length > 0 && { children }),
    // Ansible leaves out who stands directly under "all": those are in "ungrouped".
    ...(ownHosts.length > 0 && name !== "all" && { hosts: ownHosts }),
    ...(options.export && !isEmpty(vars) && { vars: sorted(vars) }),
  };
}

/** The tree of groups and hosts as `ansible-inventory --graph` draws it, from `all` down. */
export function graphInventory(inventory: LoadedInventory): string {
  return graphGroup(inventory, "all", 0).join("\n");
}

function graphGroup(inventory: LoadedInventory, name: string, depth: number): readonly string[] {
  const group = inventory.groups.get(name);
  const hosts = name === "all" ? [] : (group?.ownHosts ?? []);
  return [
    branch(`@${name}:`, depth),
    ...(group?.children ?? []).flatMap((child) => graphGroup(inventory, child, depth + 1)),
    ...hosts.map((host) => branch(host, depth + 1)),
  ];
}

function branch(text: string, depth: number): string {
  return depth === 0 ? text : `${"  |".repeat(depth)}--${text}`;
}

function sorted(vars: Vars): Vars {
  return Object.fromEntries(Object.entries(vars).sort(byName));
}

function byName([a]: readonly [string, Value], [b]: readonly [string, Value]): number {
  return a < b ? -1 : 1;
}

function isEmpty(vars: Vars): boolean {
  return Object.keys(vars).length === 0;
}
