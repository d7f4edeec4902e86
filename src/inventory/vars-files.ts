import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import type { Draft } from "./draft.ts";
import type { Findings } from "./findings.ts";
import type { Located, Variables } from "./located.ts";
import { varsOf } from "./structure.ts";
import { isMissing, readText, reasonOf } from "./text.ts";
import { readYaml } from "./yaml.ts";

/** What the `group_vars` and `host_vars` beside one inventory source say. */
export interface VarsFiles {
  readonly groups: ReadonlyMap<string, Variables>;
  readonly hosts: ReadonlyMap<string, Variables>;
}

/** Reads `group_vars/<group>` and `host_vars/<host>` in each directory, for the groups and hosts there are. */
export async function readVarsFiles(
  directories: readonly string[],
  draft: Draft,
  findings: Findings,
): Promise<readonly VarsFiles[]> {
  const layers: VarsFiles[] = [];
  for (const directory of directories) {
    layers.push({
      groups: await readFolder(join(directory, "group_vars"), draft.groups, findings),
      hosts: await readFolder(join(directory, "host_vars"), draft.hosts, findings),
    });
  }
  return layers;
}

async function readFolder(
  folder: string,
  entities: ReadonlyMap<string, unknown>,
  findings: Findings,
): Promise<ReadonlyMap<string, Variables>> {
  // One listing, not four look-ups for each of perhaps thousands of hosts.
  const present = new Map((await list(folder, findings)).map((entry) => [entry.name, entry]));
  const found = new Map<string, Variables>();
  if (present.size === 0) return found;
  for (const name of entities.keys()) {
    const [first, ...hidden] = EXTENSIONS.flatMap((extension) => present.get(name + extension) ?? []);
    if (!first) continue;
    for (const { name: other } of hidden) {
      findings.warn(`"${join(folder, other)}" is not read: "${join(folder, first.name)}" comes first`);
    }
    found.set(name, await readEntry(join(folder, first.name), first, findings));
  }
  return found;
}

const EXTENSIONS = ["", ".yml", ".yaml", ".json"];

interface DirectoryEntry {
  readonly name: string;
  readonly isFolder: boolean;
}

/** The entries of a folder in ASCII order; none when there is no such folder. */
async function list(folder: string, findings: Findings): Promise<readonly DirectoryEntry[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    const kinds = entries.map(async (entry) => ({
      name: entry.name,
      isFolder: await isFolder(folder, entry),
    }));
    return (await Promise.all(kinds)).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (!isMissing(error)) findings.fail(`Cannot read "${folder}": ${reasonOf(error)}`, { file: folder });
    return [];
  }
}

async function isFolder(folder: string, entry: Dirent): Promise<boolean> {
  return entry.isSymbolicLink() ? (await stat(join(folder, entry.name))).isDirectory() : entry.isDirectory();
}

async function readEntry(path: string, entry: DirectoryEntry, findings: Findings): Promise<Variables> {
  if (!entry.isFolder) return readFile(path, findings);
  const vars = new Map<string, Located>();
  for (const part of (await list(path, findings)).filter(isRead)) {
    const found: Variables = await readEntry(join(path, part.name), part, findings);
    for (const [name, variable] of found) vars.set(name, variable);
  }
  return vars;
}

function isRead({ name, isFolder }: DirectoryEntry): boolean {
  if (name.startsWith(".") || name.endsWith("~")) return false;
  return isFolder ? !name.includes(".") : EXTENSIONS.includes(extname(name));
}

async function readFile(path: string, findings: Findings): Promise<Variables> {
  const text = await readText(path, findings);
  const root = text === undefined ? undefined : readYaml(text, path, findings);
  return root ? varsOf(root, `The file "${path}"`, findings) : new Map();
}
