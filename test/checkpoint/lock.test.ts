import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { lock } from "../../src/checkpoint/lock.ts";
import { fromSource } from "../support/from-source.ts";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "rcm-lock-"));
});
afterEach(() => rm(dir, { recursive: true }));

const holder = { run: "r1", pid: process.pid, command: "rcm apply", since: "now" };
const a = { key: `a ${process.pid}`, name: 'The host "a"' };
const b = { key: `b ${process.pid}`, name: 'The host "b"' };

test("all or none, and the one who holds it is named", async () => {
  const release = await lock(dir, [a], holder);
  await expect(lock(dir, [b, a], { ...holder, run: "r2" })).rejects.toThrow(
    /The host "a" is being worked on by run r1 \(`rcm apply`/,
  );
  // b was given back.
  (await lock(dir, [b], holder))();
  release();
  (await lock(dir, [a, b], holder))();
});

test("a lock is free as soon as its process has been killed", async () => {
  const script = `const { lock } = ${fromSource("src/checkpoint/lock.ts")};
await lock(${JSON.stringify(dir)}, [${JSON.stringify(a)}], ${JSON.stringify(holder)});
console.log("held"); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise((resolve) => child.stdout.once("data", resolve));
  await expect(lock(dir, [a], holder)).rejects.toThrow(/is being worked on/);
  child.kill("SIGKILL");
  await new Promise((resolve) => child.once("exit", resolve));
  (await lock(dir, [a], holder))();
});
