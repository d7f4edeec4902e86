import { chmod, mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { afterEach, beforeEach, expect, test } from "vitest";
import { complete } from "../../src/cli/completion/complete.ts";
import { ownGrammar } from "../../src/cli/completion/grammar-of.ts";
import { Workplace } from "../support/rcm.ts";

const BIN = fileURLToPath(new URL("../../bin/rcm.js", import.meta.url));
const LOOSE = 'flow "x" {\na=1\nbbb=2 # two\n}\n';
const NEAT = 'flow "x" {\n  a   = 1\n  bbb = 2 # two\n}\n';

let work: Workplace;
beforeEach(async () => {
  work = await Workplace.make();
});
afterEach(async () => {
  await work[Symbol.asyncDispose]();
});

test("rewrites what is not laid out, keeps its mode, and names only that", async () => {
  await work.write("loose.hcl", LOOSE);
  await work.write("neat.hcl", NEAT);
  await chmod(work.path("loose.hcl"), 0o640);
  const done = await work.rcm(["fmt", "loose.hcl", "neat.hcl", "./loose.hcl"]);
  expect([done.code, done.stdout, done.stderr]).toEqual([0, "loose.hcl\n", ""]);
  expect(await work.read("loose.hcl")).toBe(NEAT);
  expect((await stat(work.path("loose.hcl"))).mode & 0o777).toBe(0o640);
  expect((await work.rcm(["fmt", "loose.hcl"])).stdout).toBe("");
});

test("--check exits with 1, names what would change, and writes nothing", async () => {
  await work.write("loose.hcl", LOOSE);
  await work.write("neat.hcl", NEAT);
  const checked = await work.rcm(["fmt", "--check", "neat.hcl", "loose.hcl"]);
  expect([checked.code, checked.stdout, checked.stderr]).toEqual([1, "loose.hcl\n", ""]);
  expect(await work.read("loose.hcl")).toBe(LOOSE);
  expect((await work.rcm(["fmt", "--check", "neat.hcl"])).code).toBe(0);
});

test("a folder stands for the flows right in it; no name, for the folder it is called in", async () => {
  await mkdir(work.path("deep"));
  for (const name of ["b.hcl", "a.hcl", "other.txt", "deep/c.hcl"]) await work.write(name, LOOSE);
  expect((await work.rcm(["fmt", "--check"])).stdout).toBe("a.hcl\nb.hcl\n");
  expect((await work.rcm(["fmt", "deep"])).stdout).toBe("deep/c.hcl\n");
  expect(await work.read("other.txt")).toBe(LOOSE);
});

test("- lays out standard input", async () => {
  const options = { input: LOOSE, reject: false, stripFinalNewline: false } as const;
  const done = await execa(process.execPath, [BIN, "fmt", "-"], options);
  expect([done.exitCode, done.stdout]).toEqual([0, NEAT]);
  const checked = await execa(process.execPath, [BIN, "fmt", "-", "--check"], options);
  expect([checked.exitCode, checked.stdout]).toEqual([1, "<stdin>\n"]);
  const broken = await execa(process.execPath, [BIN, "fmt", "-"], { ...options, input: "a = ]\n" });
  expect([broken.exitCode, broken.stdout]).toEqual([1, ""]);
  expect(broken.stderr).toContain("<stdin>:1:5");
});

test("with a broken file nothing is written, and every mistake has its place", async () => {
  await work.write("loose.hcl", LOOSE);
  await work.write("bad.hcl", "a = 1\nb = ]\n");
  await writeFile(work.path("latin.hcl"), Buffer.from([0x23, 0xe4, 0x0a]));
  const done = await work.rcm(["fmt", "loose.hcl", "bad.hcl", "latin.hcl"]);
  expect([done.code, done.stdout]).toEqual([1, ""]);
  expect(done.stderr).toContain("bad.hcl:2:5");
  expect(done.stderr).toContain('"latin.hcl" is not UTF-8 text');
  expect(await work.read("loose.hcl")).toBe(LOOSE);
  expect([...(await readFile(work.path("latin.hcl")))]).toEqual([0x23, 0xe4, 0x0a]);
});

test("a file that is not there, and - beside files, are refused", async () => {
  const missing = await work.rcm(["fmt", "nowhere.hcl"]);
  expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining('Cannot read "nowhere.hcl"')]);
  const both = await work.rcm(["fmt", "-", "nowhere.hcl"]);
  expect([both.code, both.stderr]).toEqual([1, expect.stringContaining('"-" stands for standard input')]);
});

test("each further name completes to files", async () => {
  const names = (): never => {
    throw new Error("no names from the disk are wanted");
  };
  for (const given of [
    ["fmt", ""],
    ["fmt", "a.hcl", "b.hcl", ""],
  ]) {
    expect(await complete(ownGrammar(), given, names)).toEqual({ words: [], filesAfter: 0 });
  }
});
