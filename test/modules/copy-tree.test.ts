import { execFileSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { copy } from "../../modules/index.ts";
import { snapshot } from "../../src/testing/index.ts";
import { stage } from "./stage.ts";

const on = stage();
const NASTY = [
  "-",
  "-n",
  "--help",
  "$(touch CANARY)",
  "a b",
  "it's",
  "new\nline",
  "back\\slash",
  "cr\r",
  "*",
  "日本語",
  " ",
];

function tree(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

async function apply(dir: string, options: Parameters<typeof copy>[0]) {
  const folder = dirname(dir);
  const before = snapshot(dir);
  const dry = await on.run(dir, copy(options), { mode: "check", folder });
  expect(snapshot(dir)).toEqual(before);
  const real = await on.run(dir, copy(options), { folder });
  if (real.status !== "failed") {
    expect(dry.status).toBe(real.status);
    const after = snapshot(dir);
    expect(await on.run(dir, copy(options), { folder })).toMatchObject({
      status: "ok",
      changes: [],
      roundTrips: 1,
    });
    expect(snapshot(dir)).toEqual(after);
  }
  return real;
}

function same(a: string, b: string): void {
  expect(execFileSync("diff", ["-r", a, b], { encoding: "utf8" })).toBe("");
}

test("a folder's content goes into dest, beside what is there", async () => {
  const dir = on.dir();
  const src = join(dirname(dir), "src");
  tree(src, { a: "a", "sub/b": "b", "sub/deep/c": "c" });
  mkdirSync(`${src}/empty`);
  tree(`${dir}/to`, { a: "old", other: "other" });
  const { status } = await apply(dir, { src: "src", dest: "to/", mode: "0640" });
  expect(status).toBe("changed");
  rmSync(`${dir}/to/other`);
  same(src, `${dir}/to`);
  expect((statSync(`${dir}/to/sub/b`).mode & 0o777).toString(8)).toBe("640");
  writeFileSync(`${dir}/to/sub/b`, "drifted");
  chmodSync(`${dir}/to/sub/deep/c`, 0o600);
  const { changes } = await apply(dir, { src: "src", dest: "to", mode: "0640" });
  expect(changes.map(({ property }) => property)).toEqual(["files", "mode"]);
  expect(changes[1]).toMatchObject({ was: "2 of 3 0640", want: "3 of 3 0640" });
});

test("names may be anything", async () => {
  const dir = on.dir();
  const src = join(dirname(dir), "src");
  tree(
    src,
    Object.fromEntries(
      NASTY.flatMap((name) => [
        [`${name}/f`, `in ${name}`],
        [`d/${name}`, name],
      ]),
    ),
  );
  tree(src, Object.fromEntries(NASTY.map((name) => [`x${name}`, name])));
  tree(src, { "d/\u0001": "1" });
  expect(
    (await apply(dir, { src: "src", dest: "-to", mode: "0600", owner: String(process.getuid?.()) })).status,
  ).toBe("changed");
  same(src, `${dir}/-to`);
});

test("an empty folder is a folder", async () => {
  const dir = on.dir();
  mkdirSync(join(dirname(dir), "src"));
  expect((await apply(dir, { src: "src", dest: "x/y" })).status).toBe("changed");
  expect(readdirSync(`${dir}/x/y`)).toEqual([]);
});

test("without force, only what is missing comes", async () => {
  const dir = on.dir();
  tree(join(dirname(dir), "src"), { a: "new", b: "new" });
  tree(dir, { a: "old" });
  await apply(dir, { src: "src", dest: ".", force: false, mode: "0600" });
  expect([readFileSync(`${dir}/a`, "utf8"), readFileSync(`${dir}/b`, "utf8")]).toEqual(["old", "new"]);
});

test("what is in the way, and what is odd, is named", async () => {
  const dir = on.dir();
  const src = join(dirname(dir), "src");
  tree(src, { "a/b": "" });
  tree(dir, { "to/a": "a file" });
  expect((await apply(dir, { src: "src", dest: "to" })).error).toMatch(
    /cannot bring about "files": mkdir: .*a.*: File exists/,
  );
  mkdirSync(`${dir}/other/a/b`, { recursive: true });
  expect((await apply(dir, { src: "src", dest: "other" })).error).toMatch(
    /cannot find out "files": a\/b is not a regular file/,
  );
  symlinkSync("b", `${src}/a/link`);
  await expect(apply(dir, { src: "src", dest: "to" })).rejects.toThrow(
    /"a\/link" in it is neither a file nor a folder/,
  );
});

test("2,000 files, of which three change", async () => {
  const dir = on.dir();
  const src = join(dirname(dir), "src");
  const names = Array.from({ length: 2000 }, (_, i) => `folder-${i % 50}/some file with a longer name ${i}`);
  tree(src, Object.fromEntries(names.map((name) => [name, name])));
  const call = copy({ src: "src", dest: "to", mode: "0644" });
  expect((await on.run(dir, call, { folder: dirname(dir) })).error).toBeUndefined();
  same(src, `${dir}/to`);
  for (const i of [0, 1000, 1999]) writeFileSync(join(dir, "to", names[i]!), "drifted");
  const before = statSync(join(dir, "to", names[1]!)).ino;
  const { status, roundTrips } = await on.run(dir, call, { folder: dirname(dir) });
  expect([status, roundTrips, statSync(join(dir, "to", names[1]!)).ino]).toEqual(["changed", 2, before]);
  same(src, `${dir}/to`);
});
