import type { Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname, extname } from "node:path";
import { type Draft, openGroup, openHost } from "./draft.ts";
import type { Findings } from "./findings.ts";
import { locatedValue } from "./located-value.ts";
import type { InventorySource } from "./model.ts";
import { expandHostKey } from "./ranges.ts";
import { readGroups } from "./structure.ts";
import { readText, reasonOf } from "./text.ts";
import { readYaml } from "./yaml.ts";

/**
 * Adds one `-i` source to the draft.
 *
 * @returns the directory beside which `group_vars` may stand; undefined when there is none
 */
export async function readSource(
  source: InventorySource,
  draft: Draft,
  findings: Findings,
): Promise<string | undefined> {
  if (typeof source !== "string") {
    readGroups(locatedValue(source, findings), draft, findings);
    return undefined;
  }
  const stats = await statOf(source);
  if (!(stats instanceof Error)) return readPath(source, stats, draft, findings);
  if (source.includes(",")) readHostList(source, draft, findings);
  else findings.fail(`Cannot read the inventory "${source}": ${reasonOf(stats)}`, undefined, hintFor(source));
  return undefined;
}

async function statOf(path: string): Promise<Stats | Error> {
  return stat(path).catch((error: Error) => error);
}

function hintFor(source: string): string {
  return source === ""
    ? "Name a file, or hosts: web1,web2"
    : `For a host of that name write a comma: ${source},`;
}

/** Hosts in a row, such as `web1,web2:2222,`; unlike Ansible's, they may have ranges. */
function readHostList(source: string, draft: Draft, findings: Findings): void {
  const ungrouped = openGroup(draft, "ungrouped", undefined);
  const keys = source.split(",").map((key) => key.trim());
  for (const key of keys.filter((key) => key !== "")) {
    const found = expandHostKey(key);
    if ("problem" in found) findings.fail(`${found.problem} (in the list of hosts "${source}")`);
    else for (const name of found.names) addHost(name, found.port);
  }

  function addHost(name: string, port: number | undefined): void {
    openHost(draft, name, { port, where: undefined });
    ungrouped.hosts.add(name);
  }
}

async function readPath(
  path: string,
  stats: Stats,
  draft: Draft,
  findings: Findings,
): Promise<string | undefined> {
  const where = { file: path };
  if (stats.isDirectory()) {
    findings.fail(`The inventory "${path}" is a directory, which is not supported yet`, where, NAME_FILES);
    return undefined;
  }
  const text = await readText(path, findings);
  if (text === undefined) return undefined;
  const other = otherKind(path, stats, text);
  if (other) findings.fail(`The inventory "${path}" ${other}`, where, CONVERT);
  const root = other ? undefined : readYaml(text, path, findings);
  if (root) readGroups(root, draft, findings);
  return dirname(path);
}

const NAME_FILES = "Name its files one by one: -i a.yaml -i b.yaml";
const CONVERT = "Turn it into YAML: ansible-inventory -i … --list --yaml --export > hosts.yaml";

/** What is wrong with a file that is no YAML inventory by its name or first line; undefined if nothing is. */
function otherKind(path: string, stats: Stats, text: string): string | undefined {
  const extension = extname(path);
  const yamlByName = [".yaml", ".yml", ".json"].includes(extension);
  if (text.startsWith("#!") || (!yamlByName && (stats.mode & 0o111) !== 0)) {
    return "is a script, which is not supported yet";
  }
  if (yamlByName) return undefined;
  if (extension !== "")
    return `ends in "${extension}"; wanted .yaml, .yml or .json (INI is not supported yet)`;
  return /^\[[^\]]+\]\s*$/m.test(text) ? "is an INI file, which is not supported yet" : undefined;
}
