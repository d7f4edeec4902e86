import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadInventory } from "../../src/inventory/load.ts";
import type { ConnectionOverrides } from "../../src/inventory/model.ts";
import { loadYaml, problemsOf, withoutDirectory, writeFiles } from "./temp.ts";

const overrides: ConnectionOverrides = {};

describe("what is loaded", () => {
  test("a host knows its groups, its variables and where it stands", async () => {
    const { hosts } = await loadYaml(
      "all:\n  vars: {a: 1}\n  children:\n    web:\n      hosts:\n        w1: {b: 2}\n",
    );
    expect(hosts.get("w1")).toMatchObject({
      groups: ["web"],
      vars: { a: 1, b: 2 },
      where: { line: 6, column: 9 },
    });
  });

  test("a group has its own hosts first, then those below it, each once", async () => {
    const { groups } = await loadYaml("a: {children: {b: {hosts: {x: , y: }}}, hosts: {z: , y: }}");
    expect(groups.get("a")).toMatchObject({ hosts: ["z", "y", "x"], ownHosts: ["z", "y"], children: ["b"] });
    expect(groups.get("all")?.hosts).toEqual(["x", "y", "z"]);
  });

  test("a group is as deep as the longest way to it from all", async () => {
    const { hosts } = await loadYaml(`
a: {children: {b: {children: {deep: }}, deep: }}
deep: {hosts: h, vars: {v: deep}}
x: {children: {z: {hosts: h, vars: {v: z}}}}
`);
    expect(hosts.get("h")?.vars).toEqual({ v: "deep" });
  });

  test("merge keys: what is written wins over what is merged, and the first of several", async () => {
    const { hosts } = await loadYaml(
      "all: {vars: &x {a: 1, b: 1, c: 1}}\nweb: {hosts: {w: {<<: [{b: 2, d: 2}, *x], a: 3}}}",
    );
    expect(hosts.get("w")?.vars).toEqual({ a: 3, b: 2, c: 1, d: 2 });
  });

  test("it cannot be changed, at any depth", async () => {
    const inventory = await loadYaml("all: {hosts: {w: {list: [{a: 1}]}}, vars: {map: {b: [1]}}}");
    for (const value of everythingIn(inventory)) expect(Object.isFrozen(value)).toBe(true);
    const hosts = inventory.hosts as Map<string, never>;
    expect(() => hosts.clear()).toThrow("An inventory cannot change once it is loaded");
    expect(() => hosts.delete("w")).toThrow(TypeError);
  });

  test("hostile names are only names", async () => {
    const { hosts, groups } = await loadYaml("__proto__: {hosts: {constructor: {__proto__: 1}}}");
    expect([...groups.keys()]).toEqual(["all", "ungrouped", "__proto__"]);
    expect(Object.entries(hosts.get("constructor")?.vars ?? {})).toEqual([["__proto__", 1]]);
  });

  test("a list of hosts, with ports and ranges", async () => {
    const { hosts } = await loadInventory(["web[1:2]:2222, db,"], { overrides });
    expect([...hosts.values()].map(({ name, connection }) => [name, connection.port])).toEqual([
      ["web1", 2222],
      ["web2", 2222],
      ["db", 22],
    ]);
    expect(hosts.get("db")?.groups).toEqual(["ungrouped"]);
  });

  test.each(["", "~", "{}", "# nothing\n"])("a file of %j holds nothing", async (text) => {
    expect([...(await loadYaml(text)).groups.keys()]).toEqual(["all", "ungrouped"]);
  });

  test("no source at all is an empty inventory", async () => {
    expect((await loadInventory([], { overrides })).hosts.size).toBe(0);
  });
});

describe("warnings", () => {
  test.each([
    [
      "all:\n  hosts:\n    h: {x: 1}\n    h: {y: 2}\n",
      'hosts.yaml:4:5: The key "h" stands here a second time; this one counts',
    ],
    ["a-b: {hosts: h}", 'Ansible would warn of group names with other than letters, digits and _: "a-b"'],
    [
      "all: {hosts: {h: {ansible_become_flags: -n}}}",
      "hosts.yaml:1:41: ansible_become_flags is not supported yet and changes nothing",
    ],
  ])("%j", async (text, warning) => {
    const { warnings } = await loadYaml(text);
    expect(warnings.map(withoutDirectory)).toEqual([warning]);
  });
});

describe("problems", () => {
  const wantedSections = "wanted hosts, vars or children";

  test.each([
    ["a list at the root", "- a\n", ["1:1: The inventory is a list; wanted a mapping of groups"]],
    ["text at the root", "web1\n", ['1:1: The inventory is "web1"; wanted a mapping of groups']],
    [
      "a list of hosts",
      "web:\n  hosts:\n    - a\n",
      [
        '3:5: "hosts" of the group "web" is a list; wanted a mapping of names [Write "name:" instead of "- name"]',
      ],
    ],
    [
      "a list as a group",
      "web:\n  - a\n",
      ['2:3: The group "web" is a list; wanted a mapping with hosts, vars or children'],
    ],
    [
      "text as vars",
      "web: {vars: a}",
      ['1:13: "vars" of the group "web" is "a"; wanted a mapping of variables'],
    ],
    [
      "an unknown key",
      "web:\n  host:\n    a:\n",
      [`2:3: Unknown key "host" in the group "web"; ${wantedSections} [Did you mean "hosts"?]`],
    ],
    [
      "a section at the root",
      "hosts:\n  a:\n",
      [
        `2:3: Unknown key "a" in the group "hosts"; ${wantedSections} [The top of the file holds groups: put "hosts" under one, such as "all"]`,
      ],
    ],
    [
      "a number as a host",
      "all:\n  hosts:\n    1001:\n",
      ["3:5: The name of a host is the number 1001; wanted text: put it in quotes"],
    ],
    [
      "a number as a group",
      "1: {}\n",
      ["1:1: The name of a group is the number 1; wanted text, in quotes if need be"],
    ],
    [
      "a number as a variable",
      "all: {vars: {1: x}}",
      ["1:14: The name of a variable is the number 1; wanted text"],
    ],
    [
      "a list as a key",
      "all: {vars: {? [a] : x}}",
      ["1:16: A key is a list; wanted text", "1:16: The name of a variable is a list; wanted text"],
    ],
    [
      "a scalar as a host",
      "all: {hosts: {w1: oops}}",
      ['1:19: The host "w1" is "oops"; wanted a mapping of variables'],
    ],
    [
      "a bad range",
      "all:\n  hosts:\n    w[1-3]:\n",
      ['3:5: Bad host "w[1-3]": wanted a range begin:end or begin:end:step'],
    ],
    [
      "a circle",
      "a:\n  children:\n    b:\n      children:\n        a:\n",
      ['3:5: The group "b" cannot be under "a": a → b → a'],
    ],
    ["a group under itself", "a: {children: a}", ['1:15: The group "a" cannot be under "a": a → a']],
    ["all as a child", "a: {children: all}", ['1:15: The group "all" cannot be under "a": a → all → a']],
    [
      "one name for two",
      "web:\n  hosts:\n    db:\ndb:\n  hosts: x\n",
      ['3:5: "db" is the name of a host and of a group (at hosts.yaml:4:1); wanted different names'],
    ],
    [
      "a priority that is none",
      "web: {vars: {ansible_group_priority: high}}",
      ['1:38: ansible_group_priority is "high"; wanted a whole number'],
    ],
    [
      "a plugin",
      "plugin: aws_ec2\n",
      ['1:1: The inventory plugin "aws_ec2" is not supported; wanted groups and hosts'],
    ],
    [
      "an unknown tag",
      "all: {vars: {x: !secret a}}",
      ['1:17: The tag "!secret" is unknown, or does not fit this value'],
    ],
    [
      "a tag that does not fit",
      "all: {vars: {x: !!int a}}",
      ['1:17: The tag "!!int" is unknown, or does not fit this value'],
    ],
    [
      "a vault",
      "all: {vars: {x: !vault a}}",
      ['1:17: The tag "!vault" is not supported yet; wanted a value that is not encrypted'],
    ],
    [
      "a number too large",
      "all: {vars: {x: 12345678901234567890}}",
      ["1:17: The number 12345678901234567890 cannot be held exactly: put it in quotes"],
    ],
    [
      "an unknown alias",
      "all: {hosts: {a: *x}}",
      ['1:18: The alias "*x" names no anchor that stands before it'],
    ],
    [
      "an alias within itself",
      "all: {hosts: {a: &x {y: *x}}}",
      ['1:25: The alias "*x" names no anchor that stands before it'],
    ],
    [
      "a merge of no mapping",
      "all: {vars: {<<: 3}}",
      ['1:18: The merge key "<<" has the number 3; wanted a mapping'],
    ],
    [
      "two documents",
      "all:\n---\nweb:\n",
      ['2:1: Broken YAML: a second document ("---"); wanted one a file'],
    ],
    ["a tab", "all:\n\thosts:\n", ["2:1: Broken YAML: Tabs are not allowed as indentation"]],
  ])("%s", async (_, text, problems) => {
    expect(await problemsOf(loadYaml(text))).toEqual(problems.map((problem) => `hosts.yaml:${problem}`));
  });

  test("all of them together, from the top of each file", async () => {
    const directory = await writeFiles({
      "a.yaml": "all:\n  hosts: [a]\n  vars: 1\n",
      "b.yaml": "all:\n  hosts:\n    7:\n",
    });
    const loading = loadInventory([join(directory, "a.yaml"), join(directory, "b.yaml"), "nope"], {
      overrides,
    });
    expect(await problemsOf(loading)).toEqual([
      'a.yaml:2:10: "hosts" of the group "all" is a list; wanted a mapping of names [Write "name:" instead of "- name"]',
      'a.yaml:3:9: "vars" of the group "all" is the number 1; wanted a mapping of variables',
      "b.yaml:3:5: The name of a host is the number 7; wanted text: put it in quotes",
      ': Cannot read the inventory "nope": no such file [For a host of that name write a comma: nope,]',
    ]);
  });

  test("more than fifty are counted, not shown", async () => {
    const lines = Array.from({ length: 60 }, (_, index) => `    ${index + 1}:\n`).join("");
    const problems = await problemsOf(loadYaml(`all:\n  hosts:\n${lines}`));
    expect(problems).toHaveLength(51);
    expect(problems.at(-1)).toBe(": … and 10 more problems in the inventory");
  });
});

describe("sources that are no YAML inventory", () => {
  const convert = "[Turn it into YAML: ansible-inventory -i … --list --yaml --export > hosts.yaml]";

  test.each([
    ["hosts.ini", "[web]\nw1\n", 'ends in ".ini"; wanted .yaml, .yml or .json (INI is not supported yet)'],
    ["hosts", "w0\n[web]\nw1\n", "is an INI file, which is not supported yet"],
    ["script", "#!/bin/sh\n", "is a script, which is not supported yet"],
  ])("%s", async (name, text, problem) => {
    const directory = await writeFiles({ [name]: text });
    const loading = loadInventory([join(directory, name)], { overrides });
    expect(await problemsOf(loading)).toEqual([`${name}: The inventory "${name}" ${problem} ${convert}`]);
  });

  test("a program", async () => {
    const directory = await writeFiles({ program: "\x7fELF" });
    await chmod(join(directory, "program"), 0o755);
    const loading = loadInventory([join(directory, "program")], { overrides });
    expect(await problemsOf(loading)).toEqual([
      expect.stringContaining("is a script, which is not supported yet"),
    ]);
  });

  test("a directory", async () => {
    const directory = await writeFiles({ "hosts/a.yaml": "" });
    const loading = loadInventory([join(directory, "hosts")], { overrides });
    expect(await problemsOf(loading)).toEqual([
      expect.stringContaining("is a directory, which is not supported yet"),
    ]);
  });

  test("bytes that are no text", async () => {
    const directory = await writeFiles({});
    await writeFile(join(directory, "a.yaml"), Buffer.from([0xff, 0xfe, 0x00]));
    const loading = loadInventory([join(directory, "a.yaml")], { overrides });
    expect(await problemsOf(loading)).toEqual(['a.yaml: Cannot read "a.yaml": it is not UTF-8 text']);
  });

  test("nothing", async () => {
    const loading = loadInventory([""], { overrides });
    expect(await problemsOf(loading)).toEqual([
      ': Cannot read the inventory "": no such file [Name a file, or hosts: web1,web2]',
    ]);
  });
});

function* everythingIn(value: unknown): Iterable<object> {
  if (typeof value !== "object" || value === null) return;
  yield value;
  for (const part of value instanceof Map ? value.values() : Object.values(value)) yield* everythingIn(part);
}
