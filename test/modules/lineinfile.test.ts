import {
  chmodSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { describe, expect, test } from "vitest";
import { lineinfile } from "../../modules/index.ts";
import { defineModule, editedText, z } from "../../src/index.ts";
import { localSide } from "../../src/module/local-side.ts";
import { checkOptions } from "../../src/module/options.ts";
import { runSteps, snapshot } from "../../src/testing/index.ts";
import { NO_CONTEXT } from "./no-context.ts";
import { stage } from "./stage.ts";

type Options = Parameters<typeof lineinfile>[0];

const on = stage();
const read = (path: string) => readFileSync(path, "utf8");

/** What becomes of a text; undefined stands for no file. */
async function edited(before: string | undefined, options: Partial<Options>): Promise<string | undefined> {
  const checked = checkOptions(lineinfile.definition, { path: "f", ...options });
  if (!checked.ok) throw new Error(checked.problems.join("; "));
  const { text } = await lineinfile.definition.properties!(checked.options, localSide("/"), NO_CONTEXT);
  const want = text!.want as (was: string) => string;
  const after = want(before === undefined ? "-" : `+${before}`);
  // Doing it twice is doing it once.
  expect(want(after)).toBe(after);
  return after === "-" ? undefined : after.slice(1);
}

describe("present", () => {
  const abc = "a1\nb\na2\nc\n";

  test.each<[string, string, Partial<Options>, string]>([
    ["a line that is there", abc, { line: "b" }, abc],
    ["a new line at the end", abc, { line: "d" }, "a1\nb\na2\nc\nd\n"],
    ["the last match is replaced", abc, { regexp: "^[ax]", line: "x" }, "a1\nb\nx\nc\n"],
    ["the first with firstmatch", abc, { regexp: "^[ax]", line: "x", firstmatch: true }, "x\nb\na2\nc\n"],
    ["a match that is the line already", "x\ny\n", { regexp: "^y|^x", line: "y" }, "x\ny\n"],
    ["no match, but the line is there", abc, { regexp: "^z", line: "b" }, abc],
    ["no match: at the end", abc, { regexp: "^z", line: "z" }, "a1\nb\na2\nc\nz\n"],
    ["a match wins over insertafter", abc, { regexp: "^b", line: "x", insertafter: "^c" }, "a1\nx\na2\nc\n"],
    ["search is no pattern", "a.c\nabc\n", { search: "a.c", line: "x a.c" }, "x a.c\nabc\n"],
    ["search, the last one", "k1\nk2\n", { search: "k", line: "k=" }, "k1\nk=\n"],
    ["after the last match", abc, { insertafter: "^a", line: "x" }, "a1\nb\na2\nx\nc\n"],
    ["after the first match", abc, { insertafter: "^a", line: "x", firstmatch: true }, "a1\nx\nb\na2\nc\n"],
    ["before the first match", abc, { insertbefore: "^a", line: "x" }, "x\na1\nb\na2\nc\n"],
    ["before a line in the middle", abc, { insertbefore: "^b", line: "x" }, "a1\nx\nb\na2\nc\n"],
    ["after nothing: at the end", abc, { insertafter: "^z", line: "x" }, `${abc}x\n`],
    ["before nothing: at the end", abc, { insertbefore: "^z", line: "x" }, `${abc}x\n`],
    ["EOF", abc, { insertafter: "EOF", line: "x" }, `${abc}x\n`],
    ["BOF", abc, { insertbefore: "BOF", line: "x" }, `x\n${abc}`],
    ["after BOF", abc, { insertafter: "BOF", line: "x" }, `x\n${abc}`],
    ["an empty file", "", { line: "x" }, "x\n"],
    ["an empty file, at its beginning", "", { insertbefore: "BOF", line: "x" }, "x\n"],
    ["an empty line", "a\n", { line: "" }, "a\n\n"],
    ["empty lines stay", "\n\na\n\n", { regexp: "a", line: "b" }, "\n\nb\n\n"],
    ["no newline at the end, nothing to do", "a\nb", { line: "b" }, "a\nb"],
    ["no newline at the end, a line more", "a\nb", { line: "c" }, "a\nb\nc\n"],
    ["no newline at the end, that line replaced", "a\nb", { regexp: "b", line: "c" }, "a\nc\n"],
    ["white space counts", " b\n", { line: "b" }, " b\nb\n"],
    ["case may be ignored", "permitrootlogin yes\n", { regexp: "(?i)^#?PermitRootLogin", line: "P" }, "P\n"],
    ["dollar signs are dollar signs", "a\n", { regexp: "a", line: "$1 $& $$ \\1" }, "$1 $& $$ \\1\n"],
    ["needless backslashes are", "#a-b\n", { regexp: '^\\#a\\-[\\-b"]\\"?$', line: "x" }, "x\n"],
    ["characters of all planes", "😀x\n", { regexp: "^.x$", line: "y" }, "y\n"],
    ["a replacement character", "\uFFFD\n", { line: "y" }, "\uFFFD\ny\n"],
    [
      "other line separators are none",
      "a\u2028b\fc\rd\n",
      { regexp: "^b", line: "x" },
      "a\u2028b\fc\rd\nx\n",
    ],
    ["a byte order mark stays", "\uFEFFa\n", { line: "b" }, "\uFEFFa\nb\n"],
  ])("%s", async (_, before, options, after) => {
    expect(await edited(before, options)).toBe(after);
  });
});

describe("files of Windows", () => {
  test.each<[string, string, Partial<Options>, string]>([
    ["a line that is there", "a\r\nb\r\n", { line: "a" }, "a\r\nb\r\n"],
    ["a new one gets their end", "a\r\nb\r\n", { line: "c" }, "a\r\nb\r\nc\r\n"],
    ["a replaced one too", "a\r\nb\r\n", { regexp: "^b$", line: "c" }, "a\r\nc\r\n"],
    ["given with its own", "a\r\n", { line: "c\r" }, "a\r\nc\r\n"],
    ["without a last end", "a\r\nb", { line: "c" }, "a\r\nb\r\nc\r\n"],
    ["mixed ends stay", "a\r\nb\nc\r\n", { regexp: "^b$", line: "x" }, "a\r\nx\nc\r\n"],
    ["a CR elsewhere is none", "a\nb\r\n", { line: "b" }, "a\nb\r\nb\n"],
    ["absent", "a\r\nb\r\n", { state: "absent", line: "a" }, "b\r\n"],
  ])("%s", async (_, before, options, after) => {
    expect(await edited(before, options)).toBe(after);
  });
});

describe("backrefs", () => {
  const line = "$2=$1";
  test.each<[string, string, Partial<Options>, string]>([
    ["what was captured", "k v\n", { regexp: "^(\\w) (\\w)$", line }, "v=k\n"],
    ["no match, no change", "k\n", { regexp: "^(x)(y)", line }, "k\n"],
    ["not even when the line is there not", "", { regexp: "^(x)", line: "$1" }, ""],
    ["a group that took no part", "k\n", { regexp: "^(k)(x)?$", line: "$1$2!" }, "k!\n"],
    ["$$ is a dollar sign", "5\n", { regexp: "^(\\d)$", line: "$$$1" }, "$5\n"],
    ["ignoring case", "Key\n", { regexp: "(?i)^(KEY)$", line: "$1 " }, "Key \n"],
  ])("%s", async (_, before, options, after) => {
    const once = { path: "f", backrefs: true, ...options } as Options;
    const { text } = await lineinfile.definition.properties!(checked(once), localSide("/"), NO_CONTEXT);
    expect((text!.want as (was: string) => string)(`+${before}`)).toBe(`+${after}`);
  });
});

function checked(options: object): never {
  const result = checkOptions(lineinfile.definition, options as Record<string, unknown>);
  if (!result.ok) throw new Error(result.problems.join("; "));
  return result.options as never;
}

describe("absent", () => {
  test.each<[string, string | undefined, Partial<Options>, string | undefined]>([
    ["all lines that are it", "a\nb\na\n", { line: "a" }, "b\n"],
    ["not those that hold it", "ab\n", { line: "a" }, "ab\n"],
    ["all that match", "a1\nb\na2\n", { regexp: "^a" }, "b\n"],
    ["regexp goes before line", "a1\nb\n", { regexp: "^a", line: "b" }, "b\n"],
    ["all that hold a text", "x.y\nb\n", { search: "." }, "b\n"],
    ["the only one", "a", { line: "a" }, ""],
    ["empty lines", "a\n\nb\n", { line: "" }, "a\nb\n"],
    ["no file", undefined, { line: "a" }, undefined],
  ])("%s", async (_, before, options, after) => {
    expect(await edited(before, { state: "absent", ...options })).toBe(after);
  });
});

describe("on a host", () => {
  async function apply(dir: string, options: Options) {
    const before = snapshot(dir);
    const dry = await on.run(dir, lineinfile(options), { mode: "check" });
    expect(snapshot(dir)).toEqual(before);
    const real = await on.run(dir, lineinfile(options));
    if (real.status === "failed") return real;
    // A dry run cannot know that a file that is not there will come with the right mode.
    expect([dry.status, dry.changes[0]]).toEqual([real.status, real.changes[0]]);
    const after = snapshot(dir);
    expect(await on.run(dir, lineinfile(options))).toMatchObject({
      status: "ok",
      changes: [],
      roundTrips: 1,
    });
    expect(snapshot(dir)).toEqual(after);
    return real;
  }

  test("the change is shown as a diff, and costs two round trips", async () => {
    const dir = on.dir();
    writeFileSync(`${dir}/f`, "a\nb\n");
    const { changes, roundTrips } = await apply(dir, { path: "f", regexp: "^b", line: "c" });
    expect(changes).toEqual([{ property: "text", was: "a\nb\n", want: "a\nc\n", text: true }]);
    expect(roundTrips).toBe(2);
  });

  test("keeps mode and owner, unless others are wanted; a link stays one", async () => {
    const dir = on.dir();
    writeFileSync(`${dir}/f`, "a\n");
    chmodSync(`${dir}/f`, 0o640);
    symlinkSync("f", `${dir}/link`);
    await apply(dir, { path: "link", line: "b" });
    expect([readlinkSync(`${dir}/link`), read(`${dir}/f`), statSync(`${dir}/f`).mode & 0o777]).toEqual([
      "f",
      "a\nb\n",
      0o640,
    ]);
    const { changes } = await apply(dir, { path: "link", line: "b", mode: "0600" });
    expect(changes.map(({ property }) => property)).toEqual(["mode"]);
  });

  test("create makes the file, and the folders above it", async () => {
    const dir = on.dir();
    await apply(dir, { path: "x/-y/f", line: "a", create: true, mode: "0600" });
    expect([read(`${dir}/x/-y/f`), statSync(`${dir}/x/-y/f`).mode & 0o777]).toEqual(["a\n", 0o600]);
    expect((await apply(dir, { path: "none", line: "a", state: "absent" })).status).toBe("ok");
    symlinkSync("gone", `${dir}/dangling`);
    await apply(dir, { path: "dangling", line: "a", create: true });
    expect(read(`${dir}/gone`)).toBe("a\n");
  });

  test("backup keeps the old text; validate has a say", async () => {
    const dir = on.dir();
    writeFileSync(`${dir}/f`, "a\n");
    const refused = await apply(dir, { path: "f", line: "bad", validate: "! grep -n bad %s", backup: true });
    expect(refused.error).toBe(
      'cannot bring about "text": validate refused the new content (exit status 1): 2:bad',
    );
    expect([readdirSync(dir), read(`${dir}/f`)]).toEqual([["f"], "a\n"]);
    await apply(dir, { path: "f", line: "good", validate: "! grep -n bad %s", backup: true });
    const [, kept] = readdirSync(dir);
    expect(read(`${dir}/${kept}`)).toBe("a\n");
  });

  test.each([
    ["no newline at its end", "a\nb"],
    ["newlines at its end", "a\n\n\n\n"],
    ["1 MB", "0123456789 é\n".repeat(80_000)],
    ["3 KB without a newline", "x".repeat(3000)],
    ["quotes", "'\"`$(id)\\\n%s\n-n\n"],
  ])("a file of %s stays the same but for the line", async (_, content) => {
    const dir = on.dir();
    writeFileSync(`${dir}/f`, content);
    await apply(dir, { path: "f", line: "first", insertbefore: "BOF" });
    expect(read(`${dir}/f`)).toBe(`first\n${content}${content.endsWith("\n") ? "" : "\n"}`);
  });

  test("many lines in one file, a step each", async () => {
    const dir = on.dir();
    const calls = ["b", "c", "a"].map((line) =>
      lineinfile({ path: "f", line, create: true, insertbefore: "^[c-z]" }),
    );
    await runSteps(on.host, calls, { step: { cwd: dir } });
    expect(read(`${dir}/f`)).toBe("b\na\nc\n");
  });
});

describe("a file that somebody else changes meanwhile", () => {
  /** Edits a file like lineinfile does; this side stands for the somebody. */
  const racing = (path: string, somebody: (edits: number) => void) => {
    let edits = 0;
    return defineModule({
      name: "racing",
      category: "Test",
      summary: "Adds a line.",
      options: z.strictObject({}),
      properties: () => ({
        text: editedText({ dest: path }, (before = "") => {
          if (before.includes("mine\n")) return before;
          somebody(edits++);
          return `${before}mine\n`;
        }),
      }),
    })({});
  };

  test("is edited as it is then: nothing is lost", async () => {
    const dir = on.dir();
    writeFileSync(`${dir}/f`, "a\n");
    const { status } = await on.run(
      dir,
      racing(`${dir}/f`, (edits) => edits === 1 && writeFileSync(`${dir}/f`, "a\ntheirs\n")),
    );
    expect([status, read(`${dir}/f`)]).toEqual(["changed", "a\ntheirs\nmine\n"]);
  });

  test("that never rests is given up, and left to them", async () => {
    const dir = on.dir();
    writeFileSync(`${dir}/f`, "a\n");
    const { status, error } = await on.run(
      dir,
      racing(`${dir}/f`, (edits) => writeFileSync(`${dir}/f`, `${edits}\n`)),
    );
    expect([status, error]).toEqual(["failed", '"text" kept changing while it was being changed']);
    expect(read(`${dir}/f`)).toMatch(/^\d+\n$/);
  });
});

test.each([
  [{ path: "f" }, /line is required for the state present/],
  [{ path: "f", state: "absent" }, /one of line, regexp and search is required/],
  [{ path: "f", line: "a", regexp: "a", search: "a" }, /regexp and search exclude each other/],
  [{ path: "f", line: "a", insertafter: "a", insertbefore: "a" }, /insertafter and insertbefore exclude/],
  [{ path: "f", line: "a", backrefs: true }, /backrefs requires regexp/],
  [{ path: "f", line: "a", insertafter: "[" }, /option "insertafter": Invalid regexp pattern/],
  [{ path: "f", line: "a", regexp: "(?P<x>a)" }, /option "regexp": Invalid regexp pattern/],
  [{ path: "f", line: "a", regexp: "a\\Z" }, /option "regexp": Invalid regexp pattern/],
  [{ path: "f", line: "a\0" }, /NUL/],
])("refuses %j", async (options, message) => {
  await expect(on.run(on.dir(), lineinfile(options as Options))).rejects.toThrow(message);
});
