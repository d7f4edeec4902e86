import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { placeTree, type Tree } from "../../src/module/place-tree.ts";
import { FUNCTIONS } from "../../src/shell/bootstrap.ts";
import { fileOf } from "../../src/shell/file.ts";
import type { Script } from "../../src/shell/script.ts";
import { busyboxPrograms, SHELLS, type Shell, tellMissingShells } from "../modules/shells.ts";
import { eventually } from "../support/rcm.ts";

const LONG = `${"a long name ".repeat(12)}é`;
const HOSTILE = [
  "-n",
  "--help",
  "$(touch CANARY)",
  "it's",
  "new\nline",
  "back\\slash",
  "*",
  " ",
  ".hid",
  "...",
];
let dir: string;
let sent: string;
let root: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "rcm-test-"));
  sent = join(dir, "sent");
  root = join(dir, "root");
  mkdirSync(sent);
});
afterEach(() => rmSync(dir, { recursive: true }));

/** The files of a folder, whose directories come from their names. */
function tree(files: Readonly<Record<string, string>>, more: Partial<Tree> = {}): Script {
  const directories = new Set(["."]);
  for (const path of Object.keys(files))
    for (let up = dirname(path); up !== "."; up = dirname(up)) directories.add(up);
  const entries = Object.entries(files).map(([path, text]) => ({ path, file: fileOf(text) }));
  return placeTree({ root, directories: [...directories], there: new Set(), files: entries, ...more });
}

async function send({ files }: Script): Promise<void> {
  for (const file of files) writeFileSync(join(sent, file.sha256), await file.bytes());
}

function run(script: Script, { program, args }: Shell = SHELLS[0] as Shell, path = process.env.PATH) {
  const text = `${FUNCTIONS}\numask 027; set -e\n${script.text}`;
  const env = { PATH: path, RCM_FILES: sent, RCM_LONG: sent, HOME: dir };
  const { status, stdout, stderr } = spawnSync(program, [...args, "-c", text], {
    cwd: dir,
    env,
    encoding: "utf8",
  });
  return { status, said: `${stdout}${stderr}` };
}

/** Does some process work in a folder below this one? */
function isEntered(folder: string): boolean {
  return readdirSync("/proc").some((pid) => {
    try {
      return /^\d+$/.test(pid) && readlinkSync(`/proc/${pid}/cwd`).startsWith(`${folder}/`);
    } catch {
      return false; // it has ended
    }
  });
}

function texts(folder: string): Record<string, string> {
  const all = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = all.map(({ parentPath, name }) => join(parentPath, name));
  return Object.fromEntries(paths.map((path) => [path.slice(folder.length + 1), readFileSync(path, "utf8")]));
}

/** A folder of programs that write down that they were started. */
function counting(without: readonly string[] = []): { readonly path: string; started(): string[] } {
  const path = join(dir, "programs");
  const log = join(dir, "started");
  mkdirSync(path);
  const names = "cat chmod chown chgrp head mkdir mktemp mv readlink rm stat tail tar".split(" ");
  for (const name of names.filter((one) => !without.includes(one))) {
    const real = execFileSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).trim();
    writeFileSync(join(path, name), `#!/bin/sh\necho ${name} >>${log}\nexec ${real} "$@"\n`, { mode: 0o755 });
  }
  return { path, started: () => readFileSync(log, "utf8").trimEnd().split("\n") };
}

const many = Object.fromEntries(
  Array.from({ length: 200 }, (_, i) => [`folder${i % 10}/file${i}`, `${i}`.repeat(i * 7)]),
);
const odd = Object.fromEntries(
  [...HOSTILE, LONG].flatMap((name) => [
    [`${name}/${LONG}`, name],
    [`d/${name}`, name],
    [`x${name}`, ""],
  ]),
);

test("two hundred new files in ten folders cost one file on the way and six programs", async () => {
  const script = tree(many);
  expect(script.files.length).toBe(1);
  await send(script);
  const { path, started } = counting();
  expect(run(script, SHELLS[0], path)).toEqual({ status: 0, said: "" });
  expect(started()).toEqual(["mkdir", "mktemp", "tar", "chmod", "mv", "rm"]);
  expect(texts(root)).toEqual(many);
});

describe("in every shell", () => {
  tellMissingShells();
  const busybox = (shell: Shell): string | undefined => {
    if (shell.name !== "busybox") return process.env.PATH;
    mkdirSync(join(dir, "busybox"));
    return busyboxPrograms(join(dir, "busybox"));
  };

  test.each(SHELLS.map((shell) => [shell.name, shell] as const))("%s: any names", async (_, shell) => {
    const script = tree({ ...many, ...odd });
    await send(script);
    expect(run(script, shell, busybox(shell))).toEqual({ status: 0, said: "" });
    expect(texts(root)).toEqual({ ...many, ...odd });
    expect(readdirSync(dir)).not.toContain("CANARY");
    const modes = ["folder1", "folder1/file1", "d/.hid"].map(
      (name) => statSync(join(root, name)).mode & 0o7777,
    );
    expect(modes).toEqual([0o750, 0o640, 0o640]);
  });

  test.each(SHELLS.map((shell) => [shell.name, shell] as const))(
    "%s: what somebody else makes meanwhile stays",
    async (_, shell) => {
      mkdirSync(`${root}/folder3/folder`, { recursive: true });
      writeFileSync(`${root}/folder3/theirs`, "theirs");
      symlinkSync("nowhere", `${root}/folder3/file13`);
      const script = tree({ ...many, "folder3/folder/x": "x", "folder3/folder/.y": "y" });
      await send(script);
      expect(run(script, shell, busybox(shell))).toEqual({ status: 0, said: "" });
      expect(texts(root)).toEqual({
        ...many,
        "folder3/folder/x": "x",
        "folder3/folder/.y": "y",
        "folder3/theirs": "theirs",
      });
    },
  );
});

test("without tar, the pack is taken apart all the same", async () => {
  const script = tree({ ...many, ...odd });
  await send(script);
  const { path, started } = counting(["tar"]);
  expect(run(script, SHELLS[0], path)).toEqual({ status: 0, said: "" });
  expect(started()).not.toContain("tar");
  expect(texts(root)).toEqual({ ...many, ...odd });
});

test("new files go into directories that are there; those that differ keep their mode", async () => {
  mkdirSync(`${root}/a/b`, { recursive: true });
  writeFileSync(`${root}/a/old`, "old", { mode: 0o604 });
  chmodSync(`${root}/a`, 0o711);
  const files = { "a/old": "new", "a/b/c/d": "d", "a/e": "e", top: "top" };
  const script = tree(files, { there: new Set([".", "a", "a/b"]), backup: true });
  expect(script.files.length).toBe(3); // one for each directory that is there
  await send(script);
  expect(run(script).status).toBe(0);
  const { [Object.keys(texts(root)).find((name) => name.endsWith("~")) as string]: backup, ...rest } =
    texts(root);
  expect([backup, rest]).toEqual(["old", files]);
  expect(["a", "a/old", "a/e"].map((name) => statSync(join(root, name)).mode & 0o777)).toEqual([
    0o711, 0o604, 0o640,
  ]);
});

test("long files and big folders come in several packs, and long files by themselves", async () => {
  const files = Object.fromEntries(
    Array.from({ length: 9 }, (_, i) => [`d/${i}`, String(i).repeat(i === 8 ? 2_000_000 : 600_000)]),
  );
  const script = tree(files);
  expect(script.files.length).toBe(4);
  await send(script);
  expect(run(script)).toEqual({ status: 0, said: "" });
  expect(texts(root)).toEqual(files);
});

test("when a directory's name is taken, nothing is done", async () => {
  mkdirSync(root);
  writeFileSync(`${root}/folder7`, "a file");
  const script = tree(many, { there: new Set(["."]) });
  await send(script);
  expect(run(script)).toMatchObject({
    status: 1,
    said: expect.stringMatching(/mkdir: .*folder7.*: File exists/),
  });
  expect(texts(root)).toEqual({ folder7: "a file" });
});

test("what fails or is ended in the middle leaves nothing behind", async () => {
  const script = tree(many);
  const [pack] = script.files;
  const bytes = (await pack?.bytes()) as Buffer;
  const file = join(sent, pack?.sha256 ?? "");
  writeFileSync(file, bytes.subarray(0, 20_000));
  expect(run(script).status).not.toBe(0);
  expect(readdirSync(root)).toEqual([]);
  rmSync(file);
  execFileSync("mkfifo", [file]);
  const child = spawn("sh", ["-c", `${FUNCTIONS}\nset -e\n${script.text}`], {
    env: { ...process.env, RCM_FILES: sent },
    detached: true,
  });
  const ended = once(child, "exit");
  // What the pack is taken apart in is made before it is known what to do at the end: so it must have been entered.
  await eventually(() => isEntered(root), "it has begun");
  process.kill(-(child.pid as number), "SIGTERM");
  await ended;
  await eventually(() => readdirSync(root).length === 0, "nothing is left");
  expect(existsSync(root)).toBe(true);
});
