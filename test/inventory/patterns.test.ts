import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RcmError } from "../../src/errors.ts";
import { loadInventory } from "../../src/inventory/load.ts";
import { selectHosts } from "../../src/inventory/patterns.ts";
import { splitPattern } from "../../src/inventory/terms.ts";
import { loadYaml, writeFiles } from "./temp.ts";

const inventory = await loadInventory(["lone,web[1:4],db[1:2].example.com"], { overrides: {} });

function select(pattern: string, limit?: string): readonly string[] {
  return selectHosts(inventory, pattern, { limit }).map((host) => host.name);
}

describe("selectHosts", () => {
  test.each([
    ["web1", ["web1"]],
    ["*", ["lone", "web1", "web2", "web3", "web4", "db1.example.com", "db2.example.com"]],
    ["web?", ["web1", "web2", "web3", "web4"]],
    ["web[!12]", ["web3", "web4"]],
    ["web*[-1]", ["web4"]],
    ["web*[1:2]", ["web2", "web3"]],
    ["web*[:1]", ["web1", "web2"]],
    ["web*[2:]", ["web3", "web4"]],
    ["web*[2-3]", ["web3", "web4"]],
    ["~web[24]|lone", ["lone", "web2", "web4"]],
    ["all:!*.com:!web*", ["lone"]],
    ["all,!db1.example.com,&*.com", ["db2.example.com"]],
    [" web2 , web1 ", ["web2", "web1"]],
  ])("%s", (pattern, hosts) => {
    expect(select(pattern)).toEqual(hosts);
  });

  test.each([
    ["wbe1", 'No host or group is named "wbe1"', 'Did you mean "web1"?'],
    [
      "web1:!ungruoped",
      'No host or group is named "ungruoped" (in the pattern "!ungruoped")',
      'Did you mean "ungrouped"?',
    ],
    ["zzz[0]", 'No host or group is named "zzz" (in the pattern "zzz[0]")', undefined],
    ["x*", 'The host pattern "x*" matches no host', undefined],
    ["web*[4]", 'The host pattern "web*[4]" matches no host', undefined],
    ["web*[-5]", 'The host pattern "web*[-5]" matches no host', undefined],
  ])("%s matches nothing", (pattern, message, hint) => {
    const expected = expect.objectContaining({ code: "nothing-matched", message, hint });
    expect(() => select(pattern)).toThrow(expected);
  });

  test.each([
    ["", 'The host pattern is empty; wanted one such as "all" or "web:!web1"'],
    [" ,", 'The host pattern is empty; wanted one such as "all" or "web:!web1"'],
    ["~(", 'Cannot read the host pattern "~("'],
    ["web[z-a]*", 'Cannot read the host pattern "web[z-a]*"'],
  ])("%j makes no sense", (pattern, message) => {
    expect(() => select(pattern)).toThrow(message);
  });

  test("a limit narrows, in the pattern's order", () => {
    expect(select("web4:web1:lone", "lone,web*")).toEqual(["web4", "web1", "lone"]);
    expect(select("web*", " ")).toEqual(["web1", "web2", "web3", "web4"]);
    expect(() => select("web*", "lone")).toThrow('The limit "lone" leaves no host of the pattern "web*"');
    expect(() => select("web*", "lnoe")).toThrow('No host or group is named "lnoe"');
  });

  test("a limit file has a pattern on each line", async () => {
    const path = join(await writeFiles({ retry: "# failed\nweb1\n\n~web[34]\n" }), "retry");
    expect(select("all", `@${path}`)).toEqual(["web1", "web3", "web4"]);
    expect(select("all", `@${path},!web3`)).toEqual(["web1", "web4"]);
    expect(() => select("all", "@/no/such")).toThrow('Cannot read the limit file "/no/such": no such file');
  });

  test("an empty limit file leaves no host", async () => {
    const path = join(await writeFiles({ retry: "\n" }), "retry");
    expect(() => select("all", `@${path}`)).toThrow("leaves no host");
  });

  test("a host of exactly that name comes before every other meaning", async () => {
    const odd = await loadYaml('all: {hosts: {w1: , "w*": }, vars: {ansible_connection: local}}');
    expect(selectHosts(odd, "w*").map((host) => host.name)).toEqual(["w*"]);
  });

  test("an empty inventory has no hosts", async () => {
    const empty = await loadYaml("web: {}");
    expect(() => selectHosts(empty, "all")).toThrow('The host pattern "all" matches no host');
    expect(() => selectHosts(empty, "web")).toThrow('The host pattern "web" matches no host');
  });
});

describe("the implicit localhost", () => {
  test.each(["localhost", "127.0.0.1", "::1"])(
    "%s is this machine, with the variables of all",
    async (name) => {
      const { groups, ...rest } = await loadYaml("all: {hosts: w1, vars: {a: 1, ansible_connection: ssh}}");
      const [host] = selectHosts({ groups, ...rest }, name, { overrides: { become: true } });
      expect(host).toMatchObject({ name, groups: [], vars: { a: 1 }, where: undefined });
      expect(host?.connection).toMatchObject({ type: "local", become: { enabled: true } });
    },
  );

  test("all does not mean it", () => {
    expect(select("all")).not.toContain("localhost");
  });

  test("a host of that name in the inventory is as it is written", async () => {
    const listed = await loadYaml("all: {hosts: localhost}");
    expect(selectHosts(listed, "localhost")[0]?.connection.type).toBe("ssh");
  });
});

test.each([
  ["web:db", ["web", "db"]],
  ["web:&db:!x[0:1]", ["web", "&db", "!x[0:1]"]],
  ["web[0:1]", ["web[0:1]"]],
  ["a:b,c", ["a:b", "c"]],
  ["10.0.0.1", ["10.0.0.1"]],
  ["2001:db8::1", ["2001:db8::1"]],
  ["web1:22", ["web1:22"]],
  ["~a.*:!~b", ["~a.*", "!~b"]],
  ["", []],
])("splitPattern %j", (pattern, terms) => {
  expect(splitPattern(pattern)).toEqual(terms);
});

test("whatever is typed selects hosts, each once, or is refused with a reason", () => {
  const characters = fc.constantFrom(
    "web",
    "db",
    "1",
    "0",
    "2",
    "[",
    "]",
    ":",
    "-",
    ",",
    "!",
    "&",
    "~",
    "*",
    "?",
    ".",
    " ",
    "(",
    "\\",
  );
  const pattern = fc.oneof(fc.string({ unit: characters, maxLength: 12 }), fc.string({ maxLength: 20 }));
  fc.assert(
    fc.property(pattern, (text) => {
      try {
        const names = select(text);
        expect(new Set(names).size).toBe(names.length);
      } catch (error) {
        expect(error).toBeInstanceOf(RcmError);
      }
    }),
    { numRuns: 2000 },
  );
});
