import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { replace } from "../../modules/index.ts";
import { describeModule, snapshot } from "../../src/testing/index.ts";
import { editor } from "./edited.ts";
import { stage } from "./stage.ts";

type Own = Partial<Parameters<typeof replace>[0]>;

const on = stage();
const read = (path: string) => readFileSync(path, "utf8");

describe("replaces", () => {
  const edited = editor(replace);
  test.each<[string, string, Own, string]>([
    ["every match", "a1 a2\na3\n", { regexp: "a\\d", replace: "b" }, "b b\nb\n"],
    ["nothing where nothing matches", "a\nb", { regexp: "z+", replace: "b" }, "a\nb"],
    ["by nothing", "a#x\nb#y\n", { regexp: "#.*$" }, "a\nb\n"],
    ["whole lines", "a\nb\na\n", { regexp: "^a\\n" }, "b\n"],
    ["at the beginning of each line", "a\nab\n", { regexp: "^(?=a)", replace: "#" }, "#a\n#ab\n"],
    ["what was captured", "k v\n", { regexp: "^(\\w) (\\w)$", replace: "$2=$1" }, "v=k\n"],
    ["by name", "k v\n", { regexp: "^(?<key>\\w) (\\w)$", replace: "$<key>:$<none>" }, "k:$<none>\n"],
    ["a group that took no part", "kk\n", { regexp: "k(x)?k", replace: "[$1]" }, "[]\n"],
    ["other signs stay", "a\n", { regexp: "a", replace: "$& $$1 $3 \\1" }, "$& $1 $3 \\1\n"],
    ["ignoring case", "Foo fOO\n", { regexp: "(?i)foo", replace: "x" }, "x x\n"],
    ["over lines", "a<x\ny>b\n", { regexp: "(?s)<.*>" }, "ab\n"],
    ["a dot is no newline", "<x\ny>\n", { regexp: "<.*>" }, "<x\ny>\n"],
    ["characters of all planes", "😀x\n", { regexp: "^.x$", replace: "y" }, "y\n"],
    ["nothing else of the file", "a\r\nb\n\n\nc", { regexp: "b", replace: "x" }, "a\r\nx\n\n\nc"],
    ["at the end of lines of Windows", "a\r\na\r\n", { regexp: "a$", replace: "x" }, "x\r\nx\r\n"],
  ])("%s", async (_, before, options, after) => {
    // Adding to what is matched is done each time.
    const isStable = after !== "#a\n#ab\n" && !String(options.replace).includes("$");
    expect(await editor(replace, { isStable })(before, options)).toBe(after);
  });

  test.each<[string, string, Own, string]>([
    ["after the first match", "x[a]x[a]x", { after: "a\\]" }, "x[a]y[a]y"],
    ["after nothing: nothing", "x", { after: "a" }, "x"],
    ["before the last match", "x[a]x[a]x", { before: "\\[a" }, "y[a]y[a]x"],
    ["before nothing: nothing", "x", { before: "a" }, "x"],
    ["between", "x(x)x(x)", { after: "\\(", before: "\\)" }, "x(y)x(x)"],
    ["between, without an end: nothing", "x(x", { after: "\\(", before: "\\)" }, "x(x"],
    ["over lines", "x\n<a\nb>\nx\n<end>x", { after: "a.b", before: "<(?=end)" }, "x\n<a\nb>\ny\n<end>x"],
    ["ignoring case", "x A x b x", { after: "(?i)a", before: "(?i)B" }, "x A y b x"],
  ])("only a section: %s", async (_, before, options, after) => {
    expect(await edited(before, { regexp: "x", replace: "y", ...options })).toBe(after);
  });
});

describe("on a host", () => {
  test("the diff; what does not occur costs no second look", async () => {
    const dir = on.dir();
    writeFileSync(`${dir}/f`, "a b\n");
    chmodSync(`${dir}/f`, 0o640);
    const call = replace({ path: "f", regexp: "b", replace: "c" });
    const dry = await on.run(dir, call, { mode: "check" });
    const change = { property: "text", was: "a b\n", want: "a c\n", text: true };
    expect([dry.changes, read(`${dir}/f`)]).toEqual([[change], "a b\n"]);
    expect(await on.run(dir, call)).toMatchObject({ status: "changed", changes: [change] });
    expect([read(`${dir}/f`), statSync(`${dir}/f`).mode & 0o777]).toEqual(["a c\n", 0o640]);
    const before = snapshot(dir);
    for (const regexp of ["b", "b+", "not there"])
      expect(await on.run(dir, replace({ path: "f", regexp }))).toMatchObject({
        status: "ok",
        roundTrips: 1,
      });
    expect(snapshot(dir)).toEqual(before);
  });

  test("what matches again is replaced again", async () => {
    const dir = on.dir();
    writeFileSync(`${dir}/f`, "a\n");
    for (const after of ["aa\n", "aaaa\n"]) {
      expect(await on.run(dir, replace({ path: "f", regexp: "a", replace: "aa" }))).toMatchObject({
        status: "changed",
      });
      expect(read(`${dir}/f`)).toBe(after);
    }
  });

  test("mode, backup and validate", async () => {
    const dir = on.dir();
    writeFileSync(`${dir}/f`, "a\n");
    const to = (by: string) =>
      replace({ path: "f", regexp: "^.+$", replace: by, backup: true, validate: "! grep -n bad %s" });
    expect((await on.run(dir, to("bad"))).error).toMatch(/validate refused the new content .*: 1:bad$/);
    expect([readdirSync(dir), read(`${dir}/f`)]).toEqual([["f"], "a\n"]);
    await on.run(dir, to("good"));
    const [, kept] = readdirSync(dir);
    expect([read(`${dir}/f`), read(`${dir}/${kept}`)]).toEqual(["good\n", "a\n"]);
    const { changes } = await on.run(dir, replace({ path: "f", regexp: "z", mode: "0600" }));
    expect([changes.map(({ property }) => property), statSync(`${dir}/f`).mode & 0o777]).toEqual([
      ["mode"],
      0o600,
    ]);
  });
});

test.each<[Own, RegExp]>([
  [{}, /option "regexp" is required/],
  [{ regexp: "(" }, /option "regexp": Invalid regexp pattern/],
  [{ regexp: "a", after: "[" }, /option "after": Invalid regexp pattern/],
  [{ regexp: "a", before: "a\\Z" }, /option "before": Invalid regexp pattern/],
  [{ regexp: "(a)", replace: "\\1" }, /what regexp captured is \$1 or \$<name>, not \\1/],
  [{ regexp: "(?<n>a)", replace: "\\g<n>" }, /what regexp captured is \$1/],
  [{ regexp: "a", replace: "\0" }, /option "replace": it cannot hold a NUL/],
])("refuses %j", async (options, message) => {
  await expect(on.run(on.dir(), replace({ path: "f", ...options } as never))).rejects.toThrow(message);
});

describeModule(
  { describe, test, afterAll },
  {
    module: replace,
    arrange: (dir) => writeFileSync(`${dir}/conf`, "a\nb\n"),
    call: (dir) => replace({ path: `${dir}/conf`, regexp: "b", replace: "c", mode: "0640" }),
    holds: (dir) => expect(read(`${dir}/conf`)).toBe("a\nc\n"),
    hostile: (_dir, value) =>
      replace({
        path: "conf",
        regexp: "^b$",
        replace: value.replaceAll("$", "$$$$"),
        validate: "test -f '%s'",
      }),
    arrived: (dir, value) => expect(read(`${dir}/conf`)).toBe(`a\n${value}\n`),
    lines: true,
    failures: {
      "no file": {
        call: (dir) => replace({ path: `${dir}/none`, regexp: "x" }),
        error: /^\/.*\/none does not exist$/,
      },
      "a directory": { call: (dir) => replace({ path: dir, regexp: "x" }), error: /is a directory/ },
      latin1: {
        arrange: (dir) => writeFileSync(`${dir}/b`, Buffer.from("caf\u00e9\n", "latin1")),
        call: (dir) => replace({ path: `${dir}/b`, regexp: "caf", replace: "x" }),
        error: /cannot work out "text": what is on the host is not UTF-8 text/,
      },
    },
  },
);
