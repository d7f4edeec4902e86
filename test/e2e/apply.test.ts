import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sshHost, type TestHost } from "../../src/testing/index.ts";
import { Workplace } from "../support/rcm.ts";

let hosts: readonly TestHost[];
let work: Workplace;

beforeAll(async () => {
  hosts = await Promise.all([sshHost(), sshHost(), sshHost()]);
  work = await Workplace.make();
  const [h1, h2, h3] = hosts as [TestHost, TestHost, TestHost];
  await work.inventory({ h1, h2, h3 });
});
afterAll(async () => {
  await Promise.all(hosts.map((host) => host.stop()));
  await work[Symbol.asyncDispose]();
});

const SITE = `
import { changed, runbook } from "rcm";
import { command, copy, file, lineinfile } from "rcm/modules";
export default runbook("site", {}, ({ step, host }) => {
  const dir = String(host.vars.dir) + "/app";
  step("dir", file({ path: dir, state: "directory", mode: "0750" }));
  const conf = step("conf", copy({ dest: dir + "/app.conf", content: "a=1\\nb=2\\n", mode: "0640" }));
  step("line", lineinfile({ path: dir + "/hosts", line: "10.0.0.1 db", create: true }));
  step("restart", command({ cmd: "echo restarted >> restarts" }), { cwd: dir, when: changed(conf) });
});
`;

test("three hosts: the first apply changes, the second does nothing, and a step costs one round trip", async () => {
  await work.write("site.ts", SITE);
  const first = await work.rcm(["apply", "site.ts", "-i", "hosts.yaml"]);
  expect(first.stderr + first.stdout).toMatch(/3 hosts: 12 ok, 12 changed, 0 failed/);
  expect(first.code).toBe(0);

  const files = hosts.flatMap(({ dir }) =>
    ["app", "app/app.conf", "app/hosts"].map((name) => join(dir, name)),
  );
  const before = await Promise.all(files.map((file) => stat(file)));
  const { events, outcome } = await work.events(["apply", "site.ts", "-i", "hosts.yaml"]);
  const after = await Promise.all(files.map((file) => stat(file)));

  expect(outcome.code).toBe(0);
  expect(after.map(({ mtimeMs, ctimeMs, ino }) => ({ mtimeMs, ctimeMs, ino }))).toEqual(
    before.map(({ mtimeMs, ctimeMs, ino }) => ({ mtimeMs, ctimeMs, ino })),
  );
  const steps = events.filter(({ type }) => type === "step-finished") as unknown as Array<{
    step: string;
    result: { status: string; roundTrips?: number };
  }>;
  expect(steps.filter(({ result }) => result.status === "changed")).toEqual([]);
  const ends = events.filter(({ type }) => type === "host-finished") as unknown as Array<{
    traffic: { connections: number; roundTrips: number; bytesOut: number; bytesIn: number };
    times: { connect: number; host: number; line: number; here: number };
  }>;
  // Everything travels together: directory, file and line are as they should be, and the command has no reason to run.
  const trips = process.env.RCM_NO_FUSE ? 3 : 1;
  expect(ends.map(({ traffic }) => [traffic.connections, traffic.roundTrips])).toEqual([
    [1, trips],
    [1, trips],
    [1, trips],
  ]);
  // What the line carried is known although nobody waits for it to be closed.
  for (const { traffic, times } of ends) {
    expect(Math.min(traffic.bytesOut, traffic.bytesIn)).toBeGreaterThan(1000);
    expect(Math.min(times.connect, times.host + times.line, times.here)).toBeGreaterThan(0);
  }

  const alone = await work.events(["apply", "site.ts", "-i", "hosts.yaml", "--no-fuse"]);
  const single = alone.events.filter(({ type }) => type === "step-finished") as unknown as Array<{
    step: string;
    result: { roundTrips?: number };
  }>;
  for (const { step, result } of single.filter(({ step: id }) => id !== "restart"))
    expect([step, result.roundTrips]).toEqual([step, 1]);
});

test("a step runs again only when what it depends on has changed", async () => {
  await work.write("site.ts", SITE.replace("b=2", "b=3"));
  const { code, stdout } = await work.rcm(["apply", "site.ts", "-i", "hosts.yaml", "-l", "h1"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/1 host: 4 ok, 2 changed/);
  expect(await readFile(join(hosts[0]?.dir ?? "", "app/restarts"), "utf8")).toBe("restarted\nrestarted\n");
});

test("plan shows the one file that was tampered with, and touches nothing", async () => {
  const tampered = join(hosts[1]?.dir ?? "", "app/app.conf");
  const { writeFile } = await import("node:fs/promises");
  await writeFile(tampered, "a=1\nevil\n");
  await work.write("site.ts", SITE);
  const { stdout, code } = await work.rcm([
    "plan",
    "site.ts",
    "-i",
    "hosts.yaml",
    "-l",
    "h2",
    "--detailed-exitcode",
  ]);
  expect(code).toBe(10);
  expect(stdout).toContain("-evil");
  expect(stdout).toContain("+b=2");
  expect(await readFile(tampered, "utf8")).toBe("a=1\nevil\n");
  expect(stdout).toMatch(/1 host: 4 ok, 2 would change/);
});

test("branches and hosts run at the same time", async () => {
  await work.write(
    "parallel.ts",
    `import { runbook } from "rcm";
import { command } from "rcm/modules";
export default runbook("parallel", {}, ({ step, host }) => {
  const meet = (me: string, other: string) => command({ cmd: "touch " + me + "; until [ -e " + other + " ]; do sleep 0.02; done" });
  const first = step("first", command({ cmd: "true" }));
  const cwd = String(host.vars.dir);
  step("left", meet("left", "right"), { await: [first], cwd, timeout: "20s" });
  step("right", meet("right", "left"), { await: [first], cwd, timeout: "20s" });
  // All three hosts meet too: each leaves a mark and waits for the others.
  step("all", command({ cmd: "touch " + JSON.stringify("${work.dir}/mark-") + host.name + "; until [ $(ls ${work.dir} | grep -c mark-) = 3 ]; do sleep 0.02; done" }), { timeout: "20s" });
});`,
  );
  const { stdout, code } = await work.rcm(["apply", "parallel.ts", "-i", "hosts.yaml"]);
  expect(stdout).toMatch(/3 hosts: 12 ok, 12 changed, 0 failed/);
  expect(code).toBe(0);
});

test("branches that each send a file do not wait for each other's session", async () => {
  await work.write(
    "files.ts",
    `import { runbook } from "rcm";
import { command, copy } from "rcm/modules";
export default runbook("files", {}, ({ step, host }) => {
  for (let i = 0; i < 6; i++) {
    const first = step("first" + i, command({ cmd: "sleep 0.1" }), { await: [] });
    step("file" + i, copy({ dest: host.vars.dir + "/big" + i, content: String(i).repeat(50_000) }), { await: [first], timeout: "20s" });
  }
});`,
  );
  const { stdout, code } = await work.rcm(["apply", "files.ts", "-i", "hosts.yaml", "-l", "h1"]);
  expect(stdout).toMatch(/1 host: 12 ok, 12 changed, 0 failed/);
  expect(code).toBe(0);
});
