import { execFile } from "node:child_process";
import { mkdir, readFile, symlink } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sshHost, type TestHost } from "../../src/testing/index.ts";
import { Workplace } from "../support/rcm.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const run = promisify(execFile);

let host: TestHost;
let work: Workplace;
beforeAll(async () => {
  host = await sshHost();
  work = await Workplace.make();
  await work.inventory({ web1: host });
  await mkdir(work.path("node_modules"));
  await symlink(ROOT, work.path("node_modules/rcm"));
});
afterAll(async () => {
  await host.stop();
  await work[Symbol.asyncDispose]();
});

/** Runs a program of a user's, which imports the built rcm. */
async function program(text: string): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const file = await work.write("program.mjs", text);
  const env = { ...process.env, RCM_STATE_DIR: work.state, SSH_AUTH_SOCK: "" };
  return await run(process.execPath, [file], { cwd: work.dir, env });
}

test("it prints nothing, listens to no signal and ends no process", async () => {
  const { stdout, stderr } = await program(`
import { apply, runbook } from "rcm";
import { command } from "rcm/modules";
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP", "exit", "uncaughtException", "unhandledRejection"];
const book = runbook("quiet", {}, ({ step }) => {
  step("talks", command({ cmd: "echo out; echo err >&2" }));
  step("fails", command({ cmd: "false" }));
});
const before = SIGNALS.map((name) => process.listenerCount(name));
const during = [];
const run = apply(book, { inventory: "hosts.yaml", onEvent: () => during.push(...SIGNALS.map((name, i) => process.listenerCount(name) - before[i])) });
const { status } = await run.result;
const unreachable = await apply(book, { inventory: "127.0.0.1:1,", connection: { connectTimeout: 500 } }).result;
console.log(JSON.stringify({ status, host: unreachable.hosts[0].status, heard: during.length > 0, listeners: during.some((count) => count !== 0) }));
`);
  expect(JSON.parse(stdout)).toEqual({
    status: "failed",
    host: "unreachable",
    heard: true,
    listeners: false,
  });
  expect(stderr).toBe("");
});

test("Node has nothing to warn of when many steps wait at once", async () => {
  const { stdout, stderr } = await program(`
import { apply, runbook } from "rcm";
import { pause } from "rcm/modules";
const book = runbook("wide", {}, ({ step }) => {
  for (let i = 0; i < 15; i++) step("wait " + i, pause({ duration: 20 }), { await: [] });
});
console.log((await apply(book, { inventory: "hosts.yaml" }).result).status);
`);
  expect(stdout).toBe("completed\n");
  expect(stderr).toBe("");
});

test("the example of docs/embedding.md does what it says", async () => {
  const text = await readFile(new URL("../../docs/embedding.md", import.meta.url), "utf8");
  const example = /```ts\n(\/\/ deploy\.mjs\n[\s\S]*?)```/.exec(text)?.[1] ?? "";
  const { stdout } = await program(example);
  expect(stdout.split("\n")).toEqual(["web1 version: changed", "completed: version 1.2 on web1", ""]);
});

test("the example of docs/testing.md passes", async () => {
  const text = await readFile(new URL("../../docs/testing.md", import.meta.url), "utf8");
  const example = /```ts\n(\/\/ provision\.test\.mjs\n[\s\S]*?)```/.exec(text)?.[1] ?? "";
  const { stdout } = await program(example);
  expect(stdout).toMatch(/^# pass 1$/m);
  expect(stdout).toMatch(/^# fail 0$/m);
});
