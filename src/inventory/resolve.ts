import type { Draft, DraftGroup, DraftHost } from "./draft.ts";
import type { Findings } from "./findings.ts";
import { type Hierarchy, hierarchyOf } from "./hierarchy.ts";
import { plainVars, type Variables } from "./located.ts";
import { groupLayers, mergeVars, warnOfSurprises } from "./merge.ts";
import type { ConnectionOverrides, Group, Host, Inventory, Vars } from "./model.ts";
import { connectionSettings } from "./settings.ts";
import type { VarsFiles } from "./vars-files.ts";

/** A host that also knows which variables are written for it alone. */
interface LoadedHost extends Host {
  readonly ownVars: Vars;
}

/** A group that also knows which hosts are named in it directly. */
export interface LoadedGroup extends Group {
  readonly ownHosts: readonly string[];
}

/** An inventory fresh from its sources; listing it needs what it says where. */
export interface LoadedInventory extends Inventory {
  readonly hosts: ReadonlyMap<string, LoadedHost>;
  readonly groups: ReadonlyMap<string, LoadedGroup>;
}

interface Context {
  readonly draft: Draft;
  readonly files: readonly VarsFiles[];
  readonly hierarchy: Hierarchy;
  readonly overrides: ConnectionOverrides;
  readonly findings: Findings;
}

/** Turns a reconciled draft into the frozen inventory: every host with all that holds for it. */
export function resolveInventory(
  draft: Draft,
  options: {
    readonly files: readonly VarsFiles[];
    readonly sources: readonly string[];
    readonly overrides: ConnectionOverrides;
  },
  findings: Findings,
): LoadedInventory {
  const { files, sources, overrides } = options;
  const context = { draft, files, hierarchy: hierarchyOf(draft), overrides, findings };
  const hosts = resolveHosts(context);
  const groups = [...draft.groups.values()].map(
    (group) => [group.name, resolveGroup(group, context)] as const,
  );
  return Object.freeze({
    hosts: frozenMap(hosts),
    groups: frozenMap(new Map(groups)),
    sources: Object.freeze([...sources]),
    warnings: Object.freeze([...findings.warnings]),
  });
}

function resolveHosts(context: Context): Map<string, LoadedHost> {
  const homes = homesOf(context);
  // Many hosts are in the very same groups.
  const homeByKey = new Map<string, Home>();
  const hosts = new Map<string, LoadedHost>();
  for (const host of context.draft.hosts.values()) {
    const direct = homes.get(host.name) ?? [];
    const key = direct.join("\0");
    const home = homeByKey.get(key) ?? homeIn(direct, context);
    homeByKey.set(key, home);
    hosts.set(host.name, resolveHost(host, home, context));
  }
  return hosts;
}

/** What hosts in the same groups share. */
interface Home {
  readonly groups: readonly string[];
  readonly vars: Variables;
}

/** The groups that name each host directly. */
function homesOf({ draft }: Context): ReadonlyMap<string, readonly string[]> {
  const homes = new Map<string, string[]>([...draft.hosts.keys()].map((name) => [name, []]));
  for (const group of draft.groups.values()) {
    for (const host of group.hosts) homes.get(host)?.push(group.name);
  }
  return homes;
}

function homeIn(direct: readonly string[], { draft, files, hierarchy, findings }: Context): Home {
  const above = new Set(direct.flatMap((name) => [...hierarchy.above(name)]));
  const chain = hierarchy.order.filter((name) => above.has(name));
  warnOfSurprises(chain, draft, files, findings);
  const groups = Object.freeze(chain.filter((name) => name !== "all").sort());
  return { groups, vars: mergeVars(groupLayers(chain, draft, files)) };
}

function resolveHost({ name, where, vars }: DraftHost, home: Home, context: Context): LoadedHost {
  const own = mergeVars([vars, ...context.files.map((source) => source.hosts.get(name) ?? new Map())]);
  const all = mergeVars([home.vars, own]);
  return Object.freeze({
    name,
    vars: plainVars(all),
    ownVars: plainVars(own),
    groups: home.groups,
    connection: connectionSettings({ name, where }, all, context.overrides, context.findings),
    where: where && Object.freeze(where),
  });
}

function resolveGroup(
  { name, hosts, children, vars }: DraftGroup,
  { files, hierarchy }: Context,
): LoadedGroup {
  return Object.freeze({
    name,
    hosts: Object.freeze(hierarchy.hostsIn(name)),
    ownHosts: Object.freeze([...hosts]),
    children: Object.freeze([...children]),
    vars: plainVars(mergeVars([vars, ...files.map((source) => source.groups.get(name) ?? new Map())])),
  });
}

/** A map that refuses to change; `Object.freeze` alone leaves a map's entries open. */
function frozenMap<K, V>(map: Map<K, V>): ReadonlyMap<K, V> {
  const value = (): never => {
    throw new TypeError("An inventory cannot change once it is loaded");
  };
  Object.defineProperties(map, { set: { value }, delete: { value }, clear: { value } });
  return Object.freeze(map);
}
