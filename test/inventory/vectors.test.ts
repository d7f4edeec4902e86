import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { graphInventory, listInventory } from "../../src/inventory/list.ts";
import { loadInventory } from "../../src/inventory/load.ts";
import { selectHosts } from "../../src/inventory/patterns.ts";
import type { LoadedInventory } from "../../src/inventory/resolve.ts";
import { loadYaml, problemsOf, writeFiles } from "./temp.ts";
import vectors from "./vectors.json" with { type: "json" };

// Answers of ansible-core 2.14.18 to YAML inventories, lists of hosts, patterns and limits.

interface Case {
  readonly files: Readonly<Record<string, string>>;
  readonly sources: readonly string[];
  readonly rc: number;
  readonly list_export: unknown;
  readonly graph?: readonly string[];
  readonly host_vars?: Readonly<Record<string, unknown>>;
}

/** Inventories of which rcm makes something else on purpose, and why. */
const DIFFERENT: Readonly<Record<string, { why: string; problem?: RegExp }>> = {
  v03e_yml: {
    why: "a range that goes down is an error, not silently empty",
    problem: /wanted a range that goes up/,
  },
  v10_yml: { why: "a host and a group of one name are an error", problem: /name of a host and of a group/ },
  v15_yml: { why: "dates stay as written, and !unsafe is plain text: nothing here is templated" },
  hostlist_string: { why: "ranges work in lists of hosts, too" },
  underscore_hosts: {
    why: "a name that no SSH can reach is an error",
    problem: /wanted a host name or address/,
  },
};

/** Inventories that Ansible skips with a warning, or refuses; rcm refuses them. */
const REFUSED: Readonly<Record<string, RegExp>> = {
  v03f_yml: /wanted a range that goes up/,
  v06_yml: /the number 1001; wanted text/,
  v12_yml: /a → b → a/,
  v13_yml: /plugin "foo.bar.baz" is not supported/,
  host_value_scalar_error: /"oops"; wanted a mapping of variables/,
  child_is_all: /web → all → web/,
};

const cases: readonly (readonly [string, Case])[] = Object.entries(
  vectors.cases as unknown as Record<string, Case>,
);
const conforming = cases.filter(([name]) => !(name in DIFFERENT) && !(name in REFUSED));

describe("inventories", () => {
  test.each(conforming)("%s", async (_, vector) => {
    const inventory = await loadCase(vector);
    expect(listInventory(inventory, { export: true })).toEqual(vector.list_export);
    if (vector.graph) expect(graphInventory(inventory).split("\n")).toEqual(vector.graph);
    for (const [host, vars] of Object.entries(vector.host_vars ?? {})) {
      expect(inventory.hosts.get(host)?.vars).toEqual(vars);
    }
  });

  test.each(Object.entries(REFUSED))("%s: Ansible and rcm refuse it", async (name, problem) => {
    const [line, ...others] = await problemsOf(loadCase(caseOf(name)));
    expect(line).toMatch(problem);
    expect(others).toEqual([]);
  });

  const errors = Object.entries(DIFFERENT).filter(([, { problem }]) => problem);
  test.each(errors)("%s differs on purpose: $why", async (name, { problem }) => {
    expect((await problemsOf(loadCase(caseOf(name)))).join("\n")).toMatch(problem ?? /^$/);
  });

  test("v15_yml differs in dates and !unsafe only", async () => {
    const { list_export } = caseOf("v15_yml") as unknown as {
      list_export: { _meta: { hostvars: { h: object } } };
    };
    const inventory = await loadCase(caseOf("v15_yml"));
    expect(inventory.hosts.get("h")?.vars).toEqual({
      ...list_export._meta.hostvars.h,
      inf: Number.POSITIVE_INFINITY,
      dt: "2024-01-02T03:04:05Z",
      unsafe: "{{ raw }}",
    });
  });

  test("hostlist_string differs in the range only", async () => {
    const inventory = await loadCase(caseOf("hostlist_string"));
    expect([...inventory.hosts.keys()]).toEqual(["a", "b", "c1", "c2"]);
    expect(inventory.hosts.get("b")?.vars).toEqual({ ansible_port: 2222 });
  });
});

/** Patterns with a name that is nowhere in them: Ansible warns and leaves it out, rcm refuses. */
const UNKNOWN = ["web:nosuch", "web:!nosuch"];

describe("patterns", () => {
  test.each(vectors.patterns)("$pattern", async ({ pattern, hosts }) => {
    const inventory = await loadYaml(vectors.pattern_inventory);
    const select = (): readonly string[] => namesOf(inventory, pattern);
    if (UNKNOWN.includes(pattern)) expect(select).toThrow('No host or group is named "nosuch"');
    else if (hosts.length === 0) expect(select).toThrow(`The host pattern "${pattern}" matches no host`);
    else expect(select()).toEqual(hosts);
  });
});

describe("limits", () => {
  test.each(vectors.limits)("$pattern limited to '$limit'", async ({ pattern, limit, hosts, rc }) => {
    const inventory = await loadYaml(vectors.pattern_inventory);
    const directory = await writeFiles({ lim: "web1\nweb3\n" });
    const select = (): readonly string[] =>
      namesOf(inventory, pattern, limit.replace(/^@/, `@${directory}/`));
    if (rc === 0) expect(select()).toEqual(hosts);
    else expect(select).toThrow("no such file");
  });
});

test("how many of Ansible's answers are rcm's, too", () => {
  const all = cases.length + vectors.patterns.length + vectors.limits.length;
  const different = Object.keys(DIFFERENT).length + UNKNOWN.length;
  // The same judgement, but where Ansible warns and exits with 0, rcm ends with an error.
  const stricter =
    Object.keys(REFUSED).filter((name) => caseOf(name).rc === 0).length +
    vectors.patterns.filter(({ hosts }) => hosts.length === 0).length;
  const same = all - different - stricter;
  console.info(
    `Ansible's answers: ${all}; the same here: ${same}; an error instead of a warning: ${stricter}; ` +
      `different on purpose: ${different}`,
  );
  expect({ all, same, stricter, different }).toEqual({ all: 73, same: 54, stricter: 12, different: 7 });
});

function caseOf(name: string): Case {
  return new Map(cases).get(name)!;
}

async function loadCase({ files, sources }: Case): Promise<LoadedInventory> {
  const directory = await writeFiles(files);
  const paths = sources.map((source) => (source.includes(",") ? source : join(directory, source)));
  return loadInventory(paths, { overrides: {} });
}

function namesOf(inventory: LoadedInventory, pattern: string, limit?: string): readonly string[] {
  return selectHosts(inventory, pattern, { limit }).map((host) => host.name);
}
