import type { Position } from "../errors.ts";
import { suggest } from "../util/nearest.ts";
import { addChild, type Draft, type DraftGroup, openGroup, openHost } from "./draft.ts";
import type { Findings } from "./findings.ts";
import { describe, type Entry, type Located, type Variables } from "./located.ts";
import type { Value } from "./model.ts";
import { expandHostKey } from "./ranges.ts";

/** Adds the groups of one YAML file to the draft. */
export function readGroups(root: Located, draft: Draft, findings: Findings): void {
  if (root.value === null) return;
  if (!root.entries) {
    findings.fail(`The inventory is ${describe(root.value)}; wanted a mapping of groups`, root.where);
    return;
  }
  const plugin = root.entries.get("plugin");
  if (plugin && !plugin.value.entries) {
    const name = describe(plugin.value.value);
    findings.fail(`The inventory plugin ${name} is not supported; wanted groups and hosts`, plugin.where);
    return;
  }
  for (const entry of root.entries.values()) readGroup(entry, { draft, findings });
}

interface Reading {
  readonly draft: Draft;
  readonly findings: Findings;
}

function readGroup({ key, where, value }: Entry, reading: Reading): DraftGroup | undefined {
  const { draft, findings } = reading;
  if (typeof key !== "string" || key === "") {
    findings.fail(`The name of a group is ${describe(key)}; wanted text, in quotes if need be`, where);
    return undefined;
  }
  const group = openGroup(draft, key, where);
  if (value.entries) {
    for (const entry of value.entries.values()) readSection(group, entry, reading);
  } else if (value.value !== null) {
    const wanted = "wanted a mapping with hosts, vars or children";
    findings.fail(`The group "${key}" is ${describe(value.value)}; ${wanted}`, value.where);
  }
  return group;
}

const SECTIONS = ["hosts", "vars", "children"] as const;

function readSection(group: DraftGroup, { key, where, value }: Entry, reading: Reading): void {
  if (key === "hosts") readHosts(group, value, reading);
  else if (key === "vars") readGroupVars(group, value, reading);
  else if (key === "children") readChildren(group, value, reading);
  else refuseSection(group, key, where, reading.findings);
}

function refuseSection(group: DraftGroup, key: Value, where: Position | undefined, findings: Findings): void {
  const nested = SECTIONS.some((section) => section === group.name);
  const hint = nested
    ? `The top of the file holds groups: put "${group.name}" under one, such as "all"`
    : suggest(String(key), SECTIONS);
  findings.fail(
    `Unknown key "${key}" in the group "${group.name}"; wanted hosts, vars or children`,
    where,
    hint,
  );
}

function readHosts(group: DraftGroup, section: Located, reading: Reading): void {
  for (const entry of namesOf(section, `"hosts" of the group "${group.name}"`, reading.findings)) {
    readHost(group, entry, reading);
  }
}

function readHost(group: DraftGroup, { key, where, value }: Entry, { draft, findings }: Reading): void {
  if (typeof key !== "string") {
    findings.fail(`The name of a host is ${describe(key)}; wanted text: put it in quotes`, where);
    return;
  }
  const found = expandHostKey(key);
  if ("problem" in found) {
    findings.fail(found.problem, where);
    return;
  }
  const vars = varsOf(value, `The host "${key}"`, findings);
  for (const name of found.names) {
    const host = openHost(draft, name, { port: found.port, where });
    for (const [variable, setting] of vars) host.vars.set(variable, setting);
    group.hosts.add(name);
  }
}

function readChildren(group: DraftGroup, section: Located, reading: Reading): void {
  for (const entry of namesOf(section, `"children" of the group "${group.name}"`, reading.findings)) {
    const child = readGroup(entry, reading);
    const refused = child && addChild(reading.draft, group, child);
    if (!refused) continue;
    const circle = refused.circle.join(" → ");
    reading.findings.fail(
      `The group "${child.name}" cannot be under "${group.name}": ${circle}`,
      entry.where,
    );
  }
}

function readGroupVars(group: DraftGroup, section: Located, { findings }: Reading): void {
  for (const [name, variable] of varsOf(section, `"vars" of the group "${group.name}"`, findings)) {
    if (name === "ansible_group_priority" && !Number.isInteger(variable.value)) {
      const found = describe(variable.value);
      findings.fail(`ansible_group_priority is ${found}; wanted a whole number`, variable.where);
    }
    group.vars.set(name, variable);
  }
}

/** The keys of a `hosts` or `children` section, for which a lone name may stand. */
function namesOf(section: Located, what: string, findings: Findings): Iterable<Entry> {
  const { value, where, entries } = section;
  if (entries) return entries.values();
  if (value === null) return [];
  if (typeof value === "string")
    return [{ key: value, where, value: { value: null, where, entries: undefined } }];
  const hint = Array.isArray(value) ? 'Write "name:" instead of "- name"' : undefined;
  findings.fail(`${what} is ${describe(value)}; wanted a mapping of names`, where, hint);
  return [];
}

/** The variables of a mapping; also of a `group_vars` file. */
export function varsOf({ value, where, entries }: Located, what: string, findings: Findings): Variables {
  if (!entries && value !== null)
    findings.fail(`${what} is ${describe(value)}; wanted a mapping of variables`, where);
  const vars = new Map<string, Located>();
  for (const [name, entry] of entries ?? []) {
    if (typeof entry.key === "string") vars.set(name, entry.value);
    else findings.fail(`The name of a variable is ${describe(entry.key)}; wanted text`, entry.where);
  }
  return vars;
}
