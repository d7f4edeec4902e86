import { existsSync, readFileSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sshHost, type TestHost } from "../../src/testing/index.ts";
import { Workplace } from "../support/rcm.ts";

// Rows of the seed's checklist, through the command line.

let hosts: readonly [TestHost, TestHost];
let work: Workplace;
beforeAll(async () => {
  hosts = await Promise.all([sshHost(), sshHost()]);
  work = await Workplace.make();
  await work.inventory({ good: hosts[0], bad: hosts[1] });
  await writeFile(join(hosts[1].dir, "bad"), "");
  await work.write(
    "seeds.ts",
    `import { runbook } from "rcm";
import { command, copy, debug, reboot } from "rcm/modules";
export default runbook("seeds", {}, ({ step, host }) => {
  const cwd = String(host.vars.dir);
  const mark = (name: string) => command({ cmd: "echo " + name + " >> marks; echo " + name });
  step("one", mark("one"), { cwd });
  step("skipped", mark("skipped"), { cwd, when: () => false });
  step("two", command({ cmd: "echo two >> marks; ! [ -e bad ] || { echo broken >&2; exit 4; }" }), { cwd, retry: { max: 2, delay: 1 } });
  step("three", mark("three"), { cwd });
  step("beside", debug({ message: "beside" }), { await: ["one"] });
});`,
  );
  await work.write(
    "dry.ts",
    `import { runbook } from "rcm";
import { command, copy, debug, reboot } from "rcm/modules";
export default runbook("dry", {}, ({ step, host }) => {
  step("page", copy({ dest: host.vars.dir + "/page", content: "x" }));
  step("reboot", reboot({}));
  step("after", command({ cmd: "touch after" }), { cwd: String(host.vars.dir) });
});`,
  );
});
afterAll(async () => {
  await Promise.all(hosts.map((host) => host.stop()));
  await work[Symbol.asyncDispose]();
});

const marks = (host: TestHost): string[] => readFileSync(join(host.dir, "marks"), "utf8").trim().split("\n");

test("R27, R39, R45, R31, R32: two hosts, one failing: events, results, resume, checkpoint", async () => {
  const { events, outcome } = await work.events(["apply", "seeds.ts", "-i", "hosts.yaml"]);
  expect(outcome.code).toBe(2);
  const all = events as unknown as ReadonlyArray<{
    type: string;
    host: string;
    step: string;
    status: string;
    run: string;
    directory: string;
    result: Record<string, unknown>;
  }>;
  const of = (type: string, host: string): string[] =>
    all.filter((one) => one.type === type && one.host === host).map(({ step }) => step);
  expect(all.map(({ type }) => type).filter((type) => type.startsWith("run-"))).toEqual([
    "run-started",
    "run-finished",
  ]);
  expect(of("step-started", "good").sort()).toEqual(["beside", "one", "three", "two"]);
  expect(of("step-started", "bad").sort()).toEqual(["beside", "one", "two", "two"]);
  const result = (host: string, step: string) =>
    all.find((one) => one.type === "step-finished" && one.host === host && one.step === step)?.result;
  expect(result("bad", "two")).toMatchObject({
    status: "failed",
    changed: false,
    exitCode: 4,
    attempts: 2,
    stderr: "broken\n",
    error: "exit status 4: broken",
  });
  const [startedAt, endedAt] = [result("good", "one")?.startedAt, result("good", "one")?.endedAt] as [
    number,
    number,
  ];
  expect(endedAt).toBeGreaterThanOrEqual(startedAt);
  expect(result("good", "one")).toMatchObject({
    status: "changed",
    output: "one\n",
    exitCode: 0,
    attempts: 1,
  });
  expect([result("bad", "three")?.status, result("bad", "beside")?.status]).toEqual(["blocked", "ok"]);
  const ends = all.filter(({ type }) => type === "host-finished").map(({ host, status }) => [host, status]);
  expect(ends.sort()).toEqual([
    ["bad", "failed"],
    ["good", "ok"],
  ]);

  // Failed: the checkpoint stays. Resumed: only what was not done is run. Completed: it is gone.
  const folder = all.at(-1)?.directory ?? "";
  expect(existsSync(join(folder, "checkpoint"))).toBe(true);
  await rm(join(hosts[1].dir, "bad"));
  const again = await work.rcm(["resume", all[1]?.run ?? "", "-v"]);
  expect(again.code).toBe(0);
  expect(marks(hosts[0])).toEqual(["one", "two", "three"]);
  expect(marks(hosts[1])).toEqual(["one", "two", "two", "two", "three"]);
  expect(existsSync(join(folder, "checkpoint"))).toBe(false);
  expect(existsSync(join(folder, "history"))).toBe(true);
});

test("R28: a dry run changes nothing, every step says what it would do, a reboot halts nothing and leaves no checkpoint", async () => {
  const before = (await work.rcm(["runs", "--json"])).stdout;
  const { code, stdout } = await work.rcm(["plan", "dry.ts", "-i", "hosts.yaml", "-l", "good"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/page \| would change/);
  expect(stdout).toMatch(/reboot \| would change .* would reboot the host/);
  expect(stdout).toMatch(/after \| would change .* would execute: touch after/);
  expect(existsSync(join(hosts[0].dir, "page")) || existsSync(join(hosts[0].dir, "after"))).toBe(false);
  expect((await work.rcm(["runs", "--json"])).stdout).toBe(before);
});

test("a dry run does not call a step skipped whose condition turns on what it did not really do", async () => {
  await work.write(
    "turns.ts",
    `import { runbook } from "rcm";
import { command } from "rcm/modules";
export default runbook("turns", {}, ({ step }) => {
  const asked = step("asked", command({ cmd: "echo yes" }));
  step("turns", command({ cmd: "true" }), { when: (ctx) => ctx.stdout(asked)?.trim() === "yes" });
  step("never", command({ cmd: "true" }), { when: (ctx) => ctx.host.name === "other" });
});`,
  );
  const { code, stdout } = await work.rcm(["plan", "turns.ts", "-i", "hosts.yaml", "-l", "good"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/turns \| would change .* known only after "asked"/);
  expect(stdout).toMatch(/never \| skipped/);
});

test("R42: the order and the graph are shown without a look at any host", async () => {
  const log = hosts.map((host) => host.log());
  const { code, stdout } = await work.rcm(["graph", "seeds.ts", "-i", "hosts.yaml"]);
  expect(code).toBe(0);
  const order = ["one", "skipped", "two", "three"].map((name) => stdout.indexOf(name));
  expect(order.every((at) => at >= 0) && order.toSorted((a, b) => a - b)).toEqual(order);
  expect(hosts.map((host) => host.log())).toEqual(log);
});

test("R21: secrets are environment variables in upper case, and win over env", async () => {
  await work.write(
    "given.ts",
    `import { runbook } from "rcm";
import { bash, command } from "rcm/modules";
export default runbook("given", {}, ({ step, secret }) => {
  const secrets = [secret("api_token", () => "token" + "-of-mine"), secret("deploy-key", "key-of-mine")];
  const test = '[ "\${API_TOKEN%-of-mine} \${DEPLOY_KEY%-of-mine}" = "token key" ]';
  step("command", command({ cmd: test }), { secrets, env: { API_TOKEN: "another" } });
  step("bash", bash({ script: test }), { secrets });
  step("none", bash({ script: '[ -z "$API_TOKEN$DEPLOY_KEY" ]' }));
});`,
  );
  const { code, stdout } = await work.rcm(["apply", "given.ts", "-i", "hosts.yaml", "-l", "good"]);
  expect(code, stdout).toBe(0);
});

test("R34: a resumed run goes by the source as it is now: mended, added and removed steps, and assigns", async () => {
  const source = (body: string): string => `import { runbook } from "rcm";
import { command } from "rcm/modules";
export default runbook("rebuilt", {}, ({ step, assign, host }) => {
  const options = { cwd: String(host.vars.dir) };
  ${body}
});`;
  await work.write(
    "rebuilt.ts",
    source(`assign("who", "before");
  step("done", command({ cmd: "echo done >> rebuilt; echo old" }), options);
  step("breaks", command({ cmd: "false" }), options);
  step("removed", command({ cmd: "echo removed >> rebuilt" }), options);`),
  );
  expect((await work.rcm(["apply", "rebuilt.ts", "-i", "hosts.yaml", "-l", "good"])).code).toBe(2);
  await work.write(
    "rebuilt.ts",
    source(`assign("who", "after");
  const done = step("done", command({ cmd: "echo again >> rebuilt; echo new" }), options);
  step("breaks", command({ cmd: (ctx) => "echo mended " + ctx.assigns.who + " " + ctx.output(done)!.trim() + " >> rebuilt" }), options);
  step("added", command({ cmd: "echo added >> rebuilt" }), options);`),
  );
  const { code, stdout } = await work.rcm([
    "apply",
    "rebuilt.ts",
    "-i",
    "hosts.yaml",
    "-l",
    "good",
    "--resume",
  ]);
  expect(code, stdout).toBe(0);
  expect(readFileSync(join(hosts[0].dir, "rebuilt"), "utf8")).toBe("done\nmended after old\nadded\n");
});

test("R37: when a step has ended its sinks are closed, and no file of its output is open", async () => {
  await work.write(
    "closed.ts",
    `import { readdirSync, readlinkSync } from "node:fs";
import { runbook } from "rcm";
import { command, debug } from "rcm/modules";
const told = [];
const sink = (name) => ({ open: () => { told.push("open " + name); return { write: () => {}, close: () => void told.push("close " + name) }; } });
const open = () => readdirSync("/proc/self/fd").flatMap((fd) => { try { return [readlinkSync("/proc/self/fd/" + fd)]; } catch { return []; } });
export default runbook("closed", {}, ({ step }) => {
  step("a", command({ cmd: "echo a" }), { sink: sink("a") });
  step("b", command({ cmd: "echo b" }), { sink: sink("b") });
  step("c", command({ cmd: "echo c" }), { when: () => open().every((path) => !/\\/out\\//.test(path)) });
  step("told", debug({ message: () => told.join(", ") }));
});`,
  );
  const { events } = await work.events(["apply", "closed.ts", "-i", "hosts.yaml", "-l", "good"]);
  const results = events.filter(({ type }) => type === "step-finished") as unknown as ReadonlyArray<{
    step: string;
    result: { status: string; output: unknown };
  }>;
  const of = (name: string) => results.find(({ step }) => step === name)?.result;
  expect(of("c")?.status).toBe("changed");
  expect(of("told")?.output).toBe("open a, close a, open b, close b");
});

test("R41: facts are those of the host", async () => {
  await work.write(
    "facts.ts",
    `import { runbook } from "rcm";
import { bash, debug } from "rcm/modules";
export default runbook("facts", {}, ({ step }) => {
  const seen = step("seen", bash({ script: 'uname -m; uname -r; uname -n; id -un; cat /proc/sys/kernel/random/boot_id; grep -c ^processor /proc/cpuinfo' }), {
    post: (out) => out.trim().split("\\n"),
  });
  step("same", debug({ message: ({ facts, output }) => [output(seen), [facts.arch, facts.kernel, facts.hostname, facts.user, facts.bootId, String(facts.cpus)]] }));
  step("more", debug({ message: ({ facts }) => [facts.os, facts.distroFamily, facts.memoryMb > 100, facts.home.startsWith("/"), facts.osVersion !== ""] }));
});`,
  );
  const { events } = await work.events(["apply", "facts.ts", "-i", "hosts.yaml", "-l", "good"]);
  const output = (name: string): unknown =>
    (
      events.find(({ type, step }) => type === "step-finished" && step === name) as never as {
        result: { output: unknown };
      }
    ).result.output;
  const [seen, told] = output("same") as [string[], string[]];
  expect(told).toEqual(seen);
  expect(output("more")).toEqual(["linux", expect.stringMatching(/^[a-z]+$/), true, true, true]);
});
