import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { bootstrap } from "../../src/shell/bootstrap.ts";
import { aheadLines, hasLine, statOf, sumOf } from "../../src/shell/looks.ts";
import { quote, type Script, sh } from "../../src/shell/script.ts";
import { writeOf } from "../../src/transport/request.ts";
import { SHELLS, tellMissingShells } from "../modules/shells.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "rcm-looks-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

/** What a session's shell makes of some lines; marks are left out. */
function run(args: readonly string[], lines: string): string {
  const begin = `${bootstrap({ nonce: "0123456789abcdef", files: "/none" })}rcm_record() { :; }; rcm_mark() { :; }; rcm_did=0 rcm_hold=0\n`;
  const [program = "", ...more] = args;
  const { stdout, stderr } = spawnSync(program, more, { input: begin + lines, encoding: "utf8" });
  return (stdout + stderr).replaceAll(/\x1e[^\x1e]*\x1e/g, "");
}

const NAMES = [
  "plain",
  "with space",
  " space before",
  "two  spaces",
  "it's",
  "$HOME",
  "*",
  '"',
  "[a]",
  "a b  c",
  "-",
  "é",
];

describe.each(SHELLS)("in $name", ({ program, args }) => {
  test("what was asked ahead is what is seen without", () => {
    mkdirSync(join(dir, "folder"));
    for (const [i, name] of NAMES.entries())
      writeFileSync(join(dir, name), `${name}\nline ${i}\nlast: of ${name}`);
    symlinkSync("plain", join(dir, "link"));
    symlinkSync("nowhere", join(dir, "dead"));
    const files = [...NAMES, "link", "dead", "folder", "missing"].map((name) => join(dir, name));
    const scripts: Script[] = files.flatMap((file) => [sumOf(file), statOf("a", file), statOf("u", file)]);
    const lines = NAMES.flatMap((name, i) => [name, `line ${i}`, `last: of ${name}`, `no ${i}`]);
    const tests = files.flatMap((file) => lines.map((line) => hasLine(line, file)));
    const ahead = aheadLines([...scripts, ...tests].flatMap(({ looks }) => looks));
    expect(ahead.match(/^rcm_ahead \w+/gm)).toEqual([
      "rcm_ahead sum",
      "rcm_ahead stat",
      "rcm_ahead stat",
      "rcm_ahead line",
    ]);
    const asked = [
      ...scripts.map(({ text }) => `rcm_see 0 ${quote(text)} look; rcm_put "$rcm_a $rcm_v"; echo`),
      ...tests.map(({ text }) => `${text}; echo $?`),
    ].join("\n");
    const without = run([program, ...args], asked);
    expect(without.match(/^0 [0-9a-f]{64} {2}-$/gm)).toHaveLength(NAMES.length + 1);
    expect(without.match(/^0$/gm)?.length).toBeGreaterThan(3 * NAMES.length);
    expect(run([program, ...args], `${ahead}${asked}`)).toBe(without);
  });

  test("it is forgotten when something may have changed", () => {
    for (const name of ["a", "b"]) writeFileSync(join(dir, name), "old\n");
    const [a, b] = [join(dir, "a"), join(dir, "b")];
    const see = (file: string): string =>
      `rcm_see 0 ${quote(sumOf(file).text)} look; rcm_put "$rcm_v"; echo\n`;
    const ahead = aheadLines([sumOf(a), sumOf(b)].flatMap(({ looks }) => looks));
    const printed = run(
      [program, ...args],
      `${ahead}${see(a)}rcm_want new; rcm_bring 0 ${quote(`rm ${quote(b)}`)}\n${see(b)}`,
    );
    expect(printed).toMatch(/^[0-9a-f]{64} {2}-\nabsent\n$/);
  });
});

test("an answer about one file is none about another", () => {
  for (const name of ["a", "a:b"]) writeFileSync(join(dir, name), "b:c\nx\n");
  const [a, ab] = [join(dir, "a"), join(dir, "a:b")];
  const ahead = aheadLines([hasLine("b:c", a), hasLine("x", a)].flatMap(({ looks }) => looks));
  expect(ahead).toMatch(/^rcm_ahead line/);
  const asked = [hasLine("b:c", a), hasLine("c", ab), hasLine("x", ab)].map(({ text }) => `${text}; echo $?`);
  expect(run(["/bin/sh"], `${ahead}${asked.join("\n")}\n`)).toBe("0\n1\n0\n");
});

tellMissingShells();

const property = { kind: "property", isInline: true, output: () => undefined } as const;
const looking = (file: string) => ({ ...property, body: "rcm_end", looks: sumOf(file).looks });

test("each stretch of properties is asked about at once, and none that hangs on a change", () => {
  const action = { ...property, kind: "action", body: "true" } as const;
  const text = writeOf(
    [
      looking("/a"),
      looking("/b"),
      { ...looking("/c"), changed: [1] },
      action,
      looking("/d"),
      action,
      looking("/e"),
      looking("/f"),
      looking("/f"),
    ],
    1,
  );
  expect(text.match(/^rcm_ahead .*|^rcm_step \d+/gm)).toEqual([
    ...["rcm_ahead sum '' '/a' '/b'", "rcm_step 1", "rcm_step 2", "rcm_step 3", "rcm_step 4", "rcm_step 5"],
    ...["rcm_step 6", "rcm_ahead sum '' '/e' '/f'", "rcm_step 7", "rcm_step 8", "rcm_step 9"],
  ]);
});

test("a long stretch is asked about in parts, so that its cost grows with its length", () => {
  const requests = Array.from({ length: 1000 }, (_, i) => looking(`/${i}`));
  const counts = writeOf(requests, 1)
    .match(/^rcm_ahead .*/gm)
    ?.map((line) => line.split(" ").length - 3);
  expect(counts?.every((count) => count <= 64)).toBe(true);
  expect(counts?.reduce((sum, count) => sum + count)).toBe(1000);
});

test("names that programs do not print as they are, and relative ones, are not asked ahead", () => {
  const names = ["a", "./a", "/a\\b", "/a\nb", "/a\rb", "/a:b", "/c"];
  expect(aheadLines(names.flatMap((name) => sumOf(name).looks))).toBe("");
});

test("what a question is only a part of is not taken for it", () => {
  const part = sh.inline`[ "$(${sumOf("/a")})" = none ]`;
  expect([part.isInline, part.looks]).toEqual([true, []]);
});

const hasStrace = spawnSync("strace", ["-V"]).status === 0;

test.skipIf(!hasStrace && !process.env.CI)(
  "twenty files that are as they should be cost two programs",
  () => {
    const files = Array.from({ length: 20 }, (_, i) => join(dir, String(i)));
    for (const file of files) writeFileSync(file, file);
    const requests = files.map((file) => ({
      ...property,
      body: `rcm_see 0 ${quote(sumOf(file).text)} look\nrcm_see 1 ${quote(statOf("a", file).text)} look\nrcm_end`,
      looks: [...sumOf(file).looks, ...statOf("a", file).looks],
    }));
    const calls = join(dir, "calls");
    const { status, stdout } = spawnSync(
      "strace",
      ["-f", "-qq", "-e", "trace=execve", "-e", "status=successful", "-o", calls, "/bin/sh"],
      {
        input: `${bootstrap({ nonce: "0123456789abcdef", files: "/none" })}${writeOf(requests, 1)}`,
        encoding: "utf8",
      },
    );
    expect([status, stdout.match(/\x1fr 0 was\x1e[0-9a-f]{64}/g)?.length]).toEqual([0, 20]);
    const programs = readFileSync(calls, "utf8").match(/(?<=execve\("[^"]*\/)[^/"]+(?=")/g);
    expect(programs).toEqual(["sh", "sha256sum", "stat"]);
  },
);
