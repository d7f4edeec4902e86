import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { iniFile } from "../../modules/index.ts";
import { describeModule, runSteps } from "../../src/testing/index.ts";
import { editor } from "./edited.ts";
import { stage } from "./stage.ts";

type Own = Partial<Parameters<typeof iniFile>[0]>;

const on = stage();
const read = (path: string) => readFileSync(path, "utf8");
const edited = editor(iniFile);
const two = "[a]\nx = 1\n\n[b]\nx = 2\ny=3\n";

describe("present", () => {
  const a = { section: "a", option: "x", value: "9" };
  const top = { option: "x", value: "9" };
  test.each<[string, string | undefined, Own, string]>([
    ["a value that is there", two, { ...a, value: "1" }, two],
    ["another value", two, a, "[a]\nx = 9\n\n[b]\nx = 2\ny=3\n"],
    ["in the right section", two, { ...a, section: "b" }, "[a]\nx = 1\n\n[b]\nx = 9\ny=3\n"],
    ["a new option, after the last one", two, { ...a, option: "z" }, two.replace("1\n", "1\nz = 9\n")],
    ["a new option in the last section", two, { ...a, section: "b", option: "z" }, `${two}z = 9\n`],
    ["a new section", two, { ...a, section: "c" }, `${two}[c]\nx = 9\n`],
    ["a section alone", two, { section: "c" }, `${two}[c]\n`],
    ["a section alone that is there", two, { section: "b" }, two],
    ["an empty file", "", a, "[a]\nx = 9\n"],
    ["no file", undefined, a, "[a]\nx = 9\n"],
    ["no newline at the end", "[a]\ny = 1", a, "[a]\ny = 1\nx = 9\n"],
    ["no newline at the end, nothing to do", "[a]\nx = 9", a, "[a]\nx = 9"],
    ["before all sections", two, top, `x = 9\n${two}`],
    ["before all sections, there already", `x = 1\n${two}`, top, `x = 9\n${two}`],
    ["a file without sections", "y = 1\n", top, "y = 1\nx = 9\n"],
    ["an empty section", "[a]\n[b]\n", a, "[a]\nx = 9\n[b]\n"],
    [
      "comments at a section's end stay there",
      "[a]\ny = 1\n# z\n\n[b]\n",
      a,
      "[a]\ny = 1\nx = 9\n# z\n\n[b]\n",
    ],
    ["a section with spaces", "[ a ] # c\nx=1\n", a, "[ a ] # c\nx = 9\n"],
    [
      "names are no patterns",
      "[a.b]\nx.y = 1\n",
      { section: "a.b", option: "x.y", value: "$1" },
      "[a.b]\nx.y = $1\n",
    ],
    ["longer names are others", "[aa]\n[a]\nxx = 1\n", a, "[aa]\n[a]\nxx = 1\nx = 9\n"],
    ["case counts", "[A]\n[a]\nX = 1\n", a, "[A]\n[a]\nX = 1\nx = 9\n"],
    ["an empty value", "[a]\nx = 1\n", { ...a, value: "" }, "[a]\nx =\n"],
    ["spaces around a value are none of it", "[a]\n", { ...a, value: " 9 " }, "[a]\nx = 9\n"],
    ["indented lines", "[a]\n\tx = 1\n", a, "[a]\nx = 9\n"],
    ["the first of two sections", "[a]\n[a]\nx = 1\n", a, "[a]\nx = 9\n[a]\nx = 1\n"],
    ["an option without a value", "[a]\nx\n", a, "[a]\nx = 9\n"],
    ["a value with an =", "[a]\nx = 1=2\n", { ...a, value: "1=2" }, "[a]\nx = 1=2\n"],
  ])("%s", async (_, before, options, after) => {
    expect(await edited(before, options)).toBe(after);
  });
});

describe("options of it", () => {
  const a = { section: "a", option: "x", value: "9" };
  const bare = { section: "a", option: "x", allowNoValue: true };
  const more = (...values: string[]) => ({ section: "a", option: "x", values });
  const some = (...values: string[]) => ({ ...more(...values), exclusive: false });
  const peers = "[p]\nk = 1\nip = a\n[p]\nk = 2\nip = b\n";
  const peer = (k: string) => ({
    section: "p",
    option: "ip",
    value: "c",
    sectionHasValues: [{ option: "k", value: k }],
  });
  test.each<[string, string, Own, string]>([
    ["noExtraSpaces", "[a]\nx = 1\n", { ...a, noExtraSpaces: true }, "[a]\nx=9\n"],
    ["spaces are put right", "[a]\nx=9\n", a, "[a]\nx = 9\n"],
    ["ignoreSpaces", "[a]\nx  =9\n", { ...a, ignoreSpaces: true }, "[a]\nx  =9\n"],
    ["ignoreSpaces, another value", "[a]\nx=1\n", { ...a, ignoreSpaces: true }, "[a]\nx = 9\n"],
    ["a comment becomes the option", "[a]\n#x = 1\ny = 2\n", a, "[a]\nx = 9\ny = 2\n"],
    ["the comment with that value", "[a]\n# x = 1\n; x = 9\n", a, "[a]\n# x = 1\nx = 9\n"],
    ["not where the option is there", "[a]\n#x = 9\nx = 1\n", a, "[a]\n#x = 9\nx = 9\n"],
    ["modifyInactiveOption", "[a]\n#x = 1\n", { ...a, modifyInactiveOption: false }, "[a]\nx = 9\n#x = 1\n"],
    ["allowNoValue", "[a]\ny = 1\n", bare, "[a]\ny = 1\nx\n"],
    ["allowNoValue, there already", "[a]\nx\n", bare, "[a]\nx\n"],
    ["allowNoValue, a value goes", "[a]\nx = 1\n", bare, "[a]\nx\n"],
    ["allowNoValue, a new section", "", bare, "[a]\nx\n"],
    ["allowNoValue with a value", "[a]\nx\n", { ...bare, value: "9" }, "[a]\nx = 9\n"],
    ["one of several lines", "[a]\nx = 1\nx = 9\n", a, "[a]\nx = 9\n"],
    ["several values", "[a]\nx = 1\ny = 2\n", more("8", "9"), "[a]\nx = 8\ny = 2\nx = 9\n"],
    ["several values, in a new section", "", more("8", "9"), "[a]\nx = 8\nx = 9\n"],
    ["several values, some there", "[a]\nx = 9\nx = 1\nx = 2\n", more("8", "9"), "[a]\nx = 9\nx = 8\n"],
    ["exclusive: false adds", "[a]\nx = 1\n", some("9"), "[a]\nx = 1\nx = 9\n"],
    ["exclusive: false, there already", "[a]\nx = 1\nx = 9\n", some("9"), "[a]\nx = 1\nx = 9\n"],
    ["sectionHasValues", peers, peer("2"), peers.replace("b", "c")],
    ["sectionHasValues, none such", peers, peer("3"), `${peers}[p]\nk = 3\nip = c\n`],
    [
      "sectionHasValues, any value",
      "[p]\n[p]\nk = 2\n",
      { ...peer("2"), sectionHasValues: [{ option: "k" }] },
      "[p]\n[p]\nk = 2\nip = c\n",
    ],
    [
      "sectionHasValues of the same option",
      peers,
      { ...peer("2"), exclusive: false, sectionHasValues: [{ option: "ip", values: ["b"] }] },
      `${peers}ip = c\n`,
    ],
    ["files of Windows", "[a]\r\nx = 1\r\n", a, "[a]\r\nx = 9\r\n"],
    ["files of Windows, more lines", "[a]\r\ny = 1\r\n", a, "[a]\r\ny = 1\r\nx = 9\r\n"],
  ])("%s", async (_, before, options, after) => {
    expect(await edited(before, options)).toBe(after);
  });
});

describe("absent", () => {
  const a = { section: "a", option: "x" };
  test.each<[string, string | undefined, Own, string | undefined]>([
    ["an option", two, a, "[a]\n\n[b]\nx = 2\ny=3\n"],
    ["whatever its value", two, { ...a, value: "7" }, "[a]\n\n[b]\nx = 2\ny=3\n"],
    ["only with that value", two, { ...a, value: "7", exclusive: false }, two],
    ["every line of it", "[a]\nx = 1\ny\nx\n", a, "[a]\ny\n"],
    ["some of its values", "[a]\nx = 1\nx = 2\n", { ...a, values: ["1"], exclusive: false }, "[a]\nx = 2\n"],
    ["not a comment", "[a]\n#x = 1\n", a, "[a]\n#x = 1\n"],
    ["a section", two, { section: "a" }, "[b]\nx = 2\ny=3\n"],
    ["the last section", two, { section: "b" }, "[a]\nx = 1\n\n"],
    ["a section that is not there", two, { section: "c" }, two],
    ["an option of a section that is not there", two, { ...a, section: "c" }, two],
    ["before all sections", `x = 1\n${two}`, { option: "x" }, two],
    ["no file", undefined, a, undefined],
    [
      "the section that has a value",
      "[p]\nk = 1\n[p]\nk = 2\n",
      { section: "p", sectionHasValues: [{ option: "k", value: "2" }] },
      "[p]\nk = 1\n",
    ],
  ])("%s", async (_, before, options, after) => {
    expect(await edited(before, { state: "absent", ...options })).toBe(after);
  });
});

describe("on a host", () => {
  test("what the test there lets pass, this side would have left alone", async () => {
    const dir = on.dir();
    const content = "x = 1\n[ab]\nx = 4\n[a]\n\tx = 2\nx.y = 3\n# z = 1\n[b]\nx = 2\ny\nx = 3\n[a]\nz = 1\n";
    const names = ["x", "x.y", "y", "z", "$0"];
    const calls = [undefined, "a", "b", "c"].flatMap((section) =>
      names.flatMap((option): Own[] => [
        { section, option, state: "absent" },
        ...["1", "2", "3", "a b"].map((value) => ({ section, option, value })),
      ]),
    );
    writeFileSync(`${dir}/f`, content);
    const results = await runSteps(
      on.host,
      calls.map((options) => iniFile({ path: "f", ...options })),
      { mode: "check", step: { cwd: dir } },
    );
    const wanted = await Promise.all(
      calls.map(async (options) => ((await edited(content, options)) === content ? "ok" : "changed")),
    );
    expect(results.map(({ status }) => status)).toEqual(wanted);
    expect(wanted).toContain("ok");
  });

  test("the diff, mode, backup and validate", async () => {
    const dir = on.dir();
    writeFileSync(`${dir}/f`, "[a]\nx = 1\n");
    chmodSync(`${dir}/f`, 0o640);
    const to = (value: string) =>
      iniFile({ path: "f", section: "a", option: "x", value, backup: true, validate: "! grep -n bad %s" });
    expect((await on.run(dir, to("bad"))).error).toMatch(/validate refused the new content .*: 2:x = bad$/);
    expect([readdirSync(dir), read(`${dir}/f`)]).toEqual([["f"], "[a]\nx = 1\n"]);
    const change = { property: "text", was: "[a]\nx = 1\n", want: "[a]\nx = 2\n", text: true };
    expect(await on.run(dir, to("2"))).toMatchObject({ status: "changed", changes: [change] });
    expect(await on.run(dir, to("2"))).toMatchObject({ status: "ok", roundTrips: 1 });
    const [, kept] = readdirSync(dir);
    expect([read(`${dir}/${kept}`), statSync(`${dir}/f`).mode & 0o777]).toEqual(["[a]\nx = 1\n", 0o640]);
    await on.run(dir, iniFile({ path: "f", section: "a", mode: "0600" }));
    expect(statSync(`${dir}/f`).mode & 0o777).toBe(0o600);
  });
});

test.each<[Own, RegExp]>([
  [{}, /wanted at least one of section and option/],
  [{ section: "a", option: "x" }, /needs value or values, or allowNoValue/],
  [{ section: "a", option: "x", values: [] }, /needs value or values, or allowNoValue/],
  [{ section: "a", option: "x", value: "1", values: ["2"] }, /value and values exclude each other/],
  [{ section: "a", value: "1" }, /value and values require option/],
  [{ option: "x", value: "1\n2" }, /option "value": wanted a single line/],
  [{ option: "#x", value: "1" }, /option "option": wanted a name that does not begin with #, ; or \[/],
  [{ section: " a" }, /option "section": wanted a name that neither begins nor ends with a space/],
  [{ option: "x", value: "1", sectionHasValues: [{ option: "k" }] }, /sectionHasValues requires section/],
  [
    { section: "a", option: "x", value: "1", sectionHasValues: [{ option: "x", value: "2" }] },
    /the section would not be found again/,
  ],
])("refuses %j", async (options, message) => {
  await expect(on.run(on.dir(), iniFile({ path: "f", ...options }))).rejects.toThrow(message);
});

describeModule(
  { describe, test, afterAll },
  {
    module: iniFile,
    arrange: (dir) => writeFileSync(`${dir}/conf`, two),
    call: (dir) => iniFile({ path: `${dir}/conf`, section: "a", option: "x", value: "9", mode: "0640" }),
    holds: (dir) => expect(read(`${dir}/conf`)).toBe("[a]\nx = 9\n\n[b]\nx = 2\ny=3\n"),
    hostile: (_dir, value) =>
      iniFile({
        path: `./${value}`,
        section: `s${value}s`,
        option: `o${value}o`,
        value,
        sectionHasValues: [{ option: `k${value}k`, value }],
        validate: "test -f '%s'",
      }),
    arrived: (dir, value) => {
      const by = `= ${value.trim()}`;
      expect(read(`${dir}/${value}`)).toBe(`[s${value}s]\nk${value}k ${by}\no${value}o ${by}\n`);
    },
    failures: {
      "no file": {
        call: (dir) => iniFile({ path: `${dir}/none`, section: "x", create: false }),
        error: /\/none does not exist, and create is false$/,
      },
      "a directory": { call: (dir) => iniFile({ path: dir, section: "x" }), error: /is a directory/ },
      latin1: {
        arrange: (dir) => writeFileSync(`${dir}/b`, Buffer.from("caf\u00e9\n", "latin1")),
        call: (dir) => iniFile({ path: `${dir}/b`, section: "x" }),
        error: /cannot work out "text": what is on the host is not UTF-8 text/,
      },
    },
  },
);
