import type { Position } from "../errors.ts";
import { type Findings, placeOf } from "./findings.ts";
import { type Located, located } from "./located.ts";

/** An inventory being read: sources add to it, one after the other. */
export interface Draft {
  readonly hosts: Map<string, DraftHost>;
  readonly groups: Map<string, DraftGroup>;
}

/** A host as written: only what its own entries say. */
export interface DraftHost {
  readonly name: string;
  readonly where: Position | undefined;
  readonly vars: Map<string, Located>;
}

/** A group as written: only the hosts and children named in it. */
export interface DraftGroup {
  readonly name: string;
  readonly where: Position | undefined;
  readonly hosts: Set<string>;
  readonly children: Set<string>;
  readonly vars: Map<string, Located>;
}

/** A draft with the two groups that every inventory has. */
export function newDraft(): Draft {
  const draft: Draft = { hosts: new Map(), groups: new Map() };
  openGroup(draft, "all", undefined).children.add("ungrouped");
  openGroup(draft, "ungrouped", undefined);
  return draft;
}

/** The group of a name, made when it is new: a group may be opened many times. */
export function openGroup(draft: Draft, name: string, where: Position | undefined): DraftGroup {
  const known = draft.groups.get(name);
  if (known) return known;
  const group: DraftGroup = { name, where, hosts: new Set(), children: new Set(), vars: new Map() };
  draft.groups.set(name, group);
  return group;
}

/** The host of a name, made when it is new; only then its key's port counts, as in Ansible. */
export function openHost(
  draft: Draft,
  name: string,
  { port, where }: { port: number | undefined; where: Position | undefined },
): DraftHost {
  const known = draft.hosts.get(name);
  if (known) return known;
  const host: DraftHost = { name, where, vars: new Map() };
  if (port !== undefined) host.vars.set("ansible_port", located(port, where));
  draft.hosts.set(name, host);
  return host;
}

/** Puts a group under another one, unless that closes a circle. */
export function addChild(
  draft: Draft,
  parent: DraftGroup,
  child: DraftGroup,
): { circle: readonly string[] } | undefined {
  const path = child.name === "all" ? ["all", parent.name] : pathDown(draft, child.name, parent.name);
  if (path) return { circle: [parent.name, ...path] };
  parent.children.add(child.name);
  return undefined;
}

/** The way from a group down to one below it, both included. */
function pathDown(draft: Draft, from: string, to: string): readonly string[] | undefined {
  const pathTo = new Map([[from, [from]]]);
  for (const [name, path] of pathTo) {
    if (name === to) return path;
    for (const child of draft.groups.get(name)?.children ?? []) {
      if (!pathTo.has(child)) pathTo.set(child, [...path, child]);
    }
  }
  return undefined;
}

/** Ties up what all sources together say: every group under `all`, every host in some group. */
export function reconcile(draft: Draft, findings: Findings): void {
  refuseSharedNames(draft, findings);
  warnOfGroupNames(draft, findings);
  adoptGroups(draft);
  adoptHosts(draft);
}

function refuseSharedNames(draft: Draft, findings: Findings): void {
  for (const [name, host] of draft.hosts) {
    const group = draft.groups.get(name);
    if (!group) continue;
    const there = group.where ? ` (at ${placeOf(group.where)})` : "";
    findings.fail(
      `"${name}" is the name of a host and of a group${there}; wanted different names`,
      host.where,
    );
  }
}

/** Ansible keeps such names but warns; who shares an inventory with it wants to know. */
function warnOfGroupNames({ groups }: Draft, findings: Findings): void {
  const odd = [...groups.keys()].filter((name) => !/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name));
  if (odd.length === 0) return;
  const names = odd.map((name) => `"${name}"`).join(", ");
  findings.warn(`Ansible would warn of group names with other than letters, digits and _: ${names}`);
}

function adoptGroups({ groups }: Draft): void {
  const children = new Set([...groups.values()].flatMap((group) => [...group.children]));
  const all = groups.get("all");
  for (const name of groups.keys()) if (name !== "all" && !children.has(name)) all?.children.add(name);
}

function adoptHosts({ groups, hosts }: Draft): void {
  const ungrouped = groups.get("ungrouped");
  const others = [...groups.values()].filter(({ name }) => name !== "all" && name !== "ungrouped");
  const grouped = new Set(others.flatMap((group) => [...group.hosts]));
  for (const name of hosts.keys()) {
    if (grouped.has(name)) ungrouped?.hosts.delete(name);
    else ungrouped?.hosts.add(name);
  }
}
