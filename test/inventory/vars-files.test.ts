import { join } from "node:path";
import { expect, test } from "vitest";
import { loadInventory } from "../../src/inventory/load.ts";
import type { LoadedInventory } from "../../src/inventory/resolve.ts";
import { problemsOf, withoutDirectory, writeFiles } from "./temp.ts";

/** Loads `a.yaml` of the files given. */
async function load(files: Readonly<Record<string, string>>): Promise<LoadedInventory> {
  return loadInventory([join(await writeFiles(files), "a.yaml")], { overrides: {} });
}

const WEB = "all:\n  children:\n    web:\n      hosts: {h: {v: host}}\n      vars: {w: group}\n";

test("from weak to strong: all, group, host inline, host file", async () => {
  const { hosts, groups } = await load({
    "a.yaml": WEB,
    "group_vars/all.yml": "{a: all, b: all, v: all, x: all}",
    "group_vars/web.yaml": "{b: web, v: web, x: web}",
    "host_vars/h.json": '{"x": "h"}',
  });
  expect(hosts.get("h")?.vars).toEqual({ a: "all", b: "web", v: "host", w: "group", x: "h" });
  expect(hosts.get("h")?.ownVars).toEqual({ v: "host", x: "h" });
  expect(groups.get("web")?.vars).toEqual({ b: "web", v: "web", w: "group", x: "web" });
});

test("a folder is read in order, without hidden files, back-ups and other kinds", async () => {
  const { hosts, warnings } = await load({
    "a.yaml": WEB,
    "group_vars/web/1.yml": "{n: 1, one: 1}",
    "group_vars/web/2": "n: 2",
    "group_vars/web/more/3.yaml": "three: 3",
    "group_vars/web/.hidden": "hidden: 9",
    "group_vars/web/2~": "n: 9",
    "group_vars/web/notes.txt": "n: 9",
    "group_vars/web/old.d/4.yml": "n: 9",
    "group_vars/web.yml": "n: 9",
  });
  expect(hosts.get("h")?.vars).toEqual({ n: 2, one: 1, three: 3, v: "host", w: "group" });
  expect(warnings.map(withoutDirectory)).toEqual([
    '"group_vars/web.yml" is not read: "group_vars/web" comes first',
  ]);
});

test("a warning says where a file wins over what a stronger group has inline", async () => {
  const { hosts, warnings } = await load({ "a.yaml": WEB, "group_vars/all.yml": "w: file" });
  expect(hosts.get("h")?.vars.w).toBe("file");
  expect(warnings.map(withoutDirectory)).toEqual([
    'group_vars/all.yml:1:4: "w" of the group "web" (a.yaml:5:17) gives way to this file: ' +
      "group_vars win over what an inventory says",
  ]);
});

test("each source has its own; the later one wins", async () => {
  const directory = await writeFiles({
    "one/a.yaml": "all: {hosts: h}",
    "one/group_vars/all.yml": "{a: 1, b: 1}",
    "two/a.yaml": "all: {hosts: h}",
    "two/group_vars/all.yml": "b: 2",
  });
  const { hosts } = await loadInventory([join(directory, "one/a.yaml"), join(directory, "two/a.yaml")], {
    overrides: {},
  });
  expect(hosts.get("h")?.vars).toEqual({ a: 1, b: 2 });
});

test("a directory of several sources counts where it is named last", async () => {
  const directory = await writeFiles({
    "one/a.yaml": "all: {hosts: h}",
    "one/b.yaml": "",
    "one/group_vars/all.yml": "v: one",
    "two/a.yaml": "",
    "two/group_vars/all.yml": "v: two",
  });
  const sources = ["one/a.yaml", "two/a.yaml", "one/b.yaml"].map((name) => join(directory, name));
  expect((await loadInventory(sources, { overrides: {} })).hosts.get("h")?.vars).toEqual({ v: "one" });
});

test("settings from a file have their place in it", async () => {
  const files = { "a.yaml": WEB, "group_vars/web.yml": "x: 1\nansible_port: ssh\n" };
  expect(await problemsOf(load(files))).toEqual([
    'group_vars/web.yml:2:15: ansible_port is "ssh"; wanted a port from 1 to 65535',
  ]);
});

test.each([
  [
    "a list",
    "- a\n",
    'group_vars/web.yml:1:1: The file "group_vars/web.yml" is a list; wanted a mapping of variables',
  ],
  ["broken", "a: [\n", /^group_vars\/web\.yml:2:1: Broken YAML: /],
  [
    "encrypted",
    "$ANSIBLE_VAULT;1.1;AES256\n00\n",
    /is encrypted with ansible-vault, which is not supported yet$/,
  ],
])("a file that is %s", async (_, text, problem) => {
  const [found, ...others] = await problemsOf(load({ "a.yaml": WEB, "group_vars/web.yml": text }));
  expect(found).toEqual(typeof problem === "string" ? problem : expect.stringMatching(problem));
  expect(others).toEqual([]);
});

test("an empty file, and one for a group that is not there, say nothing", async () => {
  const { hosts } = await load({
    "a.yaml": WEB,
    "group_vars/web.yml": "",
    "group_vars/other.yml": "- broken",
  });
  expect(hosts.get("h")?.vars).toEqual({ v: "host", w: "group" });
});
