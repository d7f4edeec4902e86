import { chmodSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { blockinfile } from "../../modules/index.ts";
import { describeModule, snapshot } from "../../src/testing/index.ts";
import { editor } from "./edited.ts";
import { stage } from "./stage.ts";

type Options = Parameters<typeof blockinfile>[0];
type Own = Partial<Options>;

const on = stage();
const read = (path: string) => readFileSync(path, "utf8");
const edited = editor(blockinfile);
const B = "# BEGIN RCM MANAGED BLOCK\n";
const E = "# END RCM MANAGED BLOCK\n";

describe("present", () => {
  const block = "x\ny";
  const own = `${B}x\ny\n${E}`;

  test.each<[string, string, Own, string]>([
    ["a block that is there", `a\n${own}b\n`, { block }, `a\n${own}b\n`],
    ["a new one at the end", "a\n", { block }, `a\n${own}`],
    ["an empty file", "", { block }, own],
    ["another text in it", `a\n${B}old\n${E}b\n`, { block }, `a\n${own}b\n`],
    ["nothing in it yet", `${B}${E}`, { block }, own],
    ["a block on the first line", `${B}old\n${E}b\n`, { block }, `${own}b\n`],
    ["a block on the last", `b\n${B}old\n${E}`, { block }, `b\n${own}`],
    ["the first of two", `${B}1\n${E}b\n${B}2\n${E}`, { block }, `${own}b\n${B}2\n${E}`],
    ["an end before it", `${E}${B}old\n${E}`, { block }, `${E}${own}`],
    ["a second begin", `${B}a\n${B}old\n${E}`, { block }, `${B}a\n${own}`],
    ["a newline at its end is none more", "a\n", { block: "x\ny\n" }, `a\n${own}`],
    ["empty lines stay", "\n\n", { block: "\n\nx\n\n" }, `\n\n${B}\n\nx\n\n${E}`],
    ["white space stays", "a\n", { block: "  x\n\ty " }, `a\n${B}  x\n\ty \n${E}`],
    ["dollar signs are dollar signs", "a\n", { block: "$1 $& $$ \\1" }, `a\n${B}$1 $& $$ \\1\n${E}`],
    ["an indented marker is none", ` ${B}`, { block }, ` ${B}${own}`],
    ["no newline at the end", "a", { block }, `a\n${own}`],
    ["no newline at the end, nothing to do", own.trimEnd(), { block }, own.trimEnd()],
    ["after the last match", "a1\nb\na2\nc\n", { block, insertafter: "^a" }, `a1\nb\na2\n${own}c\n`],
    ["before the first match", "a1\nb\na2\n", { block, insertbefore: "^[ba]" }, `${own}a1\nb\na2\n`],
    ["before a line in the middle", "a\nb\n", { block, insertbefore: "^b" }, `a\n${own}b\n`],
    ["after nothing: at the end", "a\n", { block, insertafter: "^z" }, `a\n${own}`],
    ["before nothing: at the end", "a\n", { block, insertbefore: "^z" }, `a\n${own}`],
    ["EOF", "a\n", { block, insertafter: "EOF" }, `a\n${own}`],
    ["BOF", "a\n", { block, insertbefore: "BOF" }, `${own}a\n`],
    ["ignoring case", "Head\nb\n", { block, insertafter: "(?i)^HEAD$" }, `Head\n${own}b\n`],
    ["one that is there stays where it is", `${own}a\n`, { block, insertafter: "a" }, `${own}a\n`],
    ["no file, made", undefined as never, { block, create: true }, own],
  ])("%s", async (_, before, options, after) => {
    expect(await edited(before, options)).toBe(after);
  });
});

describe("markers", () => {
  test.each<[string, Own, string, string]>([
    ["both at once", { marker: "<!-- {mark} x -->" }, "<!-- BEGIN x -->", "<!-- END x -->"],
    ["with other words", { marker: "; {mark}", markerBegin: "open", markerEnd: "shut" }, "; open", "; shut"],
    ["a word twice", { marker: "{mark} {mark}" }, "BEGIN BEGIN", "END END"],
    ["as whole lines", { markerBegin: "/* {", markerEnd: "} */" }, "/* {", "} */"],
    ["one of them", { markerBegin: "# my own" }, "# my own", E.trim()],
    ["full of signs", { marker: "^.*[a]\\{mark}$&/" }, "^.*[a]\\BEGIN$&/", "^.*[a]\\END$&/"],
    ["dollar signs in the word", { marker: "{mark}", markerBegin: "$&", markerEnd: "$$" }, "$&", "$$"],
  ])("%s", async (_, markers, begin, end) => {
    const after = `a\n${begin}\nx\n${end}\n`;
    expect(await edited("a\n", { block: "x", ...markers })).toBe(after);
    expect(await edited(after, { block: "x", state: "absent", ...markers })).toBe("a\n");
    // The test on the host knows it, too: nothing is computed here.
    const dir = on.dir();
    writeFileSync(`${dir}/f`, after.replace("\nx\n", "\nold\n"));
    const call = blockinfile({ path: "f", block: "x", ...markers });
    const results = [await on.run(dir, call), await on.run(dir, call)];
    expect(results.map(({ status, roundTrips }) => [status, roundTrips])).toEqual([
      ["changed", 2],
      ["ok", 1],
    ]);
    expect(read(`${dir}/f`)).toBe(after);
  });

  test.each([
    ["an end that is missing", `${B}x\n`, 'the line "# BEGIN RCM MANAGED BLOCK" but not "# END RCM MANAGED'],
    ["a begin that is missing", `x\n${E}`, 'the line "# END RCM MANAGED BLOCK" but not "# BEGIN RCM MANAGED'],
    ["the wrong order", `${E}x\n${B}`, "put it back, or remove what is left of the block"],
  ])("%s is damage that needs a person", async (_, before, message) => {
    await expect(edited(before, { block: "x" })).rejects.toThrow(message);
    await expect(edited(before, { state: "absent" })).rejects.toThrow(message);
  });
});

describe("absent", () => {
  test.each<[string, string | undefined, Own, string | undefined]>([
    ["a block in the middle", `a\n${B}x\n${E}b\n`, {}, "a\nb\n"],
    ["on the first line", `${B}x\n${E}b\n`, {}, "b\n"],
    ["every one", `${B}1\n${E}b\n${B}2\n${E}`, {}, "b\n"],
    ["whatever it holds", `${B}1\n${E}b\n`, { block: "other" }, "b\n"],
    ["the only thing", `${B}1\n${E}`, {}, ""],
    ["none", "a\nb", {}, "a\nb"],
    ["no file", undefined, {}, undefined],
    ["an empty block, as Ansible does", `a\n${B}x\n${E}`, { state: "present", block: "" }, "a\n"],
    ["an empty block and no file", undefined, { state: "present", block: "" }, undefined],
  ])("%s", async (_, before, options, after) => {
    expect(await edited(before, { state: "absent", ...options })).toBe(after);
  });
});

describe("files of Windows", () => {
  const crlf = (text: string) => text.replaceAll("\n", "\r\n");
  test.each<[string, string, Own, string]>([
    ["a new block gets their ends", "a\r\n", { block: "x\ny" }, crlf(`a\n${B}x\ny\n${E}`)],
    ["given with its own", "a\r\n", { block: "x\r\ny\r\n" }, crlf(`a\n${B}x\ny\n${E}`)],
    ["one that is there", crlf(`${B}x\n${E}`), { block: "x" }, crlf(`${B}x\n${E}`)],
    ["absent", crlf(`a\n${B}x\n${E}`), { state: "absent" }, "a\r\n"],
  ])("%s", async (_, before, options, after) => {
    expect(await edited(before, options)).toBe(after);
    const dir = on.dir();
    writeFileSync(`${dir}/f`, before);
    await on.run(dir, blockinfile({ path: "f", ...options }));
    expect(read(`${dir}/f`)).toBe(after);
  });
});

describe("empty lines around it", () => {
  const both = { prependNewline: true, appendNewline: true, block: "x" };
  const own = `${B}x\n${E}`;
  test.each<[string, string, Own, string]>([
    ["in the middle", "a\nb\n", { ...both, insertafter: "a" }, `a\n\n${own}\nb\n`],
    ["not at the beginning", "a\n", { ...both, insertbefore: "BOF" }, `${own}\na\n`],
    ["not at the end", "a\n", both, `a\n\n${own}`],
    ["not where there are some", "a\n\nb\n", { ...both, insertafter: "^$" }, `a\n\n${own}\nb\n`],
    ["around one that is there", `a\n${own}b\n`, both, `a\n\n${own}\nb\n`],
    ["only before", `a\n${own}b\n`, { block: "x", prependNewline: true }, `a\n\n${own}b\n`],
    ["only after", `a\n${own}b\n`, { block: "x", appendNewline: true }, `a\n${own}\nb\n`],
  ])("%s", async (_, before, options, after) => {
    expect(await edited(before, options)).toBe(after);
  });
});

describe("on a host", () => {
  test("the diff; mode and owner stay, a link stays one", async () => {
    const dir = on.dir();
    writeFileSync(`${dir}/f`, "a\n");
    chmodSync(`${dir}/f`, 0o640);
    symlinkSync("f", `${dir}/link`);
    const call = blockinfile({ path: "link", block: "x" });
    const dry = await on.run(dir, call, { mode: "check" });
    expect(read(`${dir}/f`)).toBe("a\n");
    const real = await on.run(dir, call);
    const change = { property: "text", was: "a\n", want: `a\n${B}x\n${E}`, text: true };
    expect([dry.changes, real.changes]).toEqual([[change], [change]]);
    expect([read(`${dir}/f`), statSync(`${dir}/f`).mode & 0o777]).toEqual([`a\n${B}x\n${E}`, 0o640]);
    expect(readdirSync(dir)).toEqual(["f", "link"]);
  });

  test("create, mode, backup and validate", async () => {
    const dir = on.dir();
    const made = await on.run(dir, blockinfile({ path: "d/f", block: "x", create: true, mode: "0600" }));
    expect([made.status, statSync(`${dir}/d/f`).mode & 0o777]).toEqual(["changed", 0o600]);
    const refused = await on.run(
      dir,
      blockinfile({ path: "d/f", block: "bad", validate: "! grep -n bad %s" }),
    );
    expect(refused.error).toMatch(/validate refused the new content \(exit status 1\): 2:bad$/);
    await on.run(dir, blockinfile({ path: "d/f", block: "good", backup: true }));
    const [, kept] = readdirSync(`${dir}/d`);
    expect([read(`${dir}/d/f`), read(`${dir}/d/${kept}`)]).toEqual([`${B}good\n${E}`, `${B}x\n${E}`]);
  });

  test("absent leaves alone what has no such block, whatever it is", async () => {
    const dir = on.dir();
    writeFileSync(`${dir}/f`, Buffer.from("caf\u00e9\nb", "latin1"));
    const before = snapshot(dir);
    const calls = [blockinfile({ path: "f", state: "absent" }), blockinfile({ path: "g", state: "absent" })];
    for (const call of calls) expect(await on.run(dir, call)).toMatchObject({ status: "ok", roundTrips: 1 });
    expect(snapshot(dir)).toEqual(before);
  });

  test("a long block", async () => {
    const dir = on.dir();
    const block = "quite a long line, it's true: $(id) `id` \\n é\n".repeat(6000);
    const call = blockinfile({ path: "f", block, create: true });
    const results = [await on.run(dir, call), await on.run(dir, call)];
    expect(results.map(({ status }) => status)).toEqual(["changed", "ok"]);
    expect(read(`${dir}/f`)).toBe(`${B}${block}${E}`);
  });
});

test.each<[Own, RegExp]>([
  [{}, /block is required for the state present/],
  [{ block: "a", marker: "# here" }, /option "marker": wanted a line with \{mark\}/],
  [{ block: "a", marker: "# {mark}\n" }, /option "marker": wanted a single line/],
  [{ block: "a", markerEnd: "" }, /option "markerEnd"/],
  [{ block: "a", markerBegin: "#", markerEnd: "#" }, /the two marker lines must differ/],
  [{ block: "a", marker: "{mark}", markerEnd: "BEGIN" }, /the two marker lines must differ/],
  [{ block: `a\n${E}` }, /block holds one of its own marker lines/],
  [{ block: "a", insertafter: "a", insertbefore: "a" }, /insertafter and insertbefore exclude/],
  [{ block: "a", insertafter: "[" }, /option "insertafter": Invalid regexp pattern/],
  [{ block: "a\0" }, /option "block": it cannot hold a NUL/],
  [{ block: "a", validate: "true" }, /option "validate": wanted a command with %s/],
  [{ block: "a", mode: "rw" }, /option "mode": wanted an octal mode/],
])("refuses %j", async (options, message) => {
  await expect(on.run(on.dir(), blockinfile({ path: "f", ...options }))).rejects.toThrow(message);
});

describeModule(
  { describe, test, afterAll },
  {
    module: blockinfile,
    arrange: (dir) => writeFileSync(`${dir}/conf`, "a\nb\n"),
    call: (dir) => blockinfile({ path: `${dir}/conf`, block: "x", insertafter: "^a", mode: "0640" }),
    holds: (dir) => expect(read(`${dir}/conf`)).toBe(`a\n${B}x\n${E}b\n`),
    hostile: (_dir, value) =>
      blockinfile({
        path: `./${value}`,
        block: value,
        marker: `{mark}${value}`,
        create: true,
        insertafter: "^q",
        validate: "test -f '%s'",
      }),
    arrived: (dir, value) => expect(read(`${dir}/${value}`)).toBe(`BEGIN${value}\n${value}\nEND${value}\n`),
    failures: {
      "no file": {
        call: (dir) => blockinfile({ path: `${dir}/none`, block: "x" }),
        error: /\/none does not exist: set create to make it/,
      },
      "a directory": { call: (dir) => blockinfile({ path: dir, block: "x" }), error: /is a directory/ },
      latin1: {
        arrange: (dir) => writeFileSync(`${dir}/b`, Buffer.from("caf\u00e9\n", "latin1")),
        call: (dir) => blockinfile({ path: `${dir}/b`, block: "x" }),
        error: /cannot work out "text": what is on the host is not UTF-8 text/,
      },
      "a block without its end": {
        arrange: (dir) => writeFileSync(`${dir}/b`, B),
        call: (dir) => blockinfile({ path: `${dir}/b`, block: "x" }),
        error: /\/b holds the line "# BEGIN RCM MANAGED BLOCK" but not "# END .*" after it/,
      },
    },
  },
);
