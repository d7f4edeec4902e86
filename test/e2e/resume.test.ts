import { existsSync, readdirSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sshHost, type TestHost } from "../../src/testing/index.ts";
import { eventually, Workplace } from "../support/rcm.ts";

let host: TestHost;
beforeAll(async () => {
  host = await sshHost();
});
afterAll(() => host.stop());

/** Each step appends its line to a file on the host; the last one of a name wins. */
const TWELVE = (file: string): string => `
import { runbook } from "rcm";
import { command } from "rcm/modules";
export default runbook("twelve", {}, ({ step, host }) => {
  for (let i = 1; i <= 12; i++) step("s" + i, command({ cmd: "echo s" + i + " >> ${file}" }), { cwd: String(host.vars.dir) });
});
`;

const STEPS = Array.from({ length: 12 }, (_, i) => `s${i + 1}`);

test.each([1, 2, 3, 4, 5, 6, 8, 9, 10, 11])(
  "killed after step %i, a run goes on where it was",
  async (at) => {
    await using work = await Workplace.make();
    await work.inventory({ host });
    const file = `lines-${at}`;
    await work.write("twelve.ts", TWELVE(file));
    const run = work.start(["apply", "twelve.ts", "-i", "hosts.yaml"]);
    await run.printed(`| s${at} | changed`);
    run.child.kill("SIGKILL");
    expect((await run.ended).signal).toBe("SIGKILL");

    const [id = ""] = readdirSync(join(work.state, "runs"));
    const journal = await readFile(join(work.state, "runs", id, "checkpoint", "host.jsonl"), "utf8");
    const finished = STEPS.filter((step) => journal.includes(`"type":"finished","step":"${step}"`));
    expect(finished.length).toBeGreaterThanOrEqual(at);

    const { code, stdout } = await work.rcm(["resume"]);
    expect(stdout).toContain("1 host:");
    expect(code).toBe(0);
    const lines = (await readFile(join(host.dir, file), "utf8")).trim().split("\n");
    // Not only what was in the journal: what the host had run without our knowing has left a receipt.
    expect(lines).toEqual(STEPS);
    expect(existsSync(join(work.state, "runs", id, "checkpoint"))).toBe(false);
    expect((await work.rcm(["resume", id])).stderr).toContain("has completed: there is nothing to resume");
  },
);

test("a run that failed is mended in its source and resumed; done steps are not run again, changes are remembered", async () => {
  await using work = await Workplace.make();
  await work.inventory({ host });
  const source = (cmd: string): string => `
import { changed, runbook } from "rcm";
import { command, copy, debug } from "rcm/modules";
export default runbook("mend", {}, ({ step, host }) => {
  const cwd = String(host.vars.dir);
  const conf = step("conf", copy({ dest: cwd + "/mend.conf", content: "x" }));
  const out = step("out", command({ cmd: "echo out >> mend; echo value" }), { cwd });
  step("breaks", command({ cmd: ${JSON.stringify(cmd)} }), { cwd });
  step("restart", command({ cmd: "echo restart >> mend" }), { cwd, when: changed(conf) });
  step("say", debug({ message: (ctx) => "got " + ctx.output(out)!.trim() }), { await: ["restart", out] });
});
`;
  await work.write("mend.ts", source("false"));
  const first = await work.rcm(["apply", "mend.ts", "-i", "hosts.yaml"]);
  expect(first.code).toBe(2);
  await work.write("mend.ts", source("echo mended >> mend"));
  const again = await work.rcm(["apply", "mend.ts", "-i", "hosts.yaml", "--resume"]);
  expect(again.stdout).toContain("got value");
  expect(again.code).toBe(0);
  expect(await readFile(join(host.dir, "mend"), "utf8")).toBe("out\nmended\nrestart\n");
});

test("killed after a change of which nothing was heard yet, a run still knows that it was one", async () => {
  await using work = await Workplace.make();
  await work.inventory({ host });
  await work.write(
    "unheard.ts",
    `import { changed, defineModule, runbook, sh, z } from "rcm";
import { command } from "rcm/modules";
const slow = defineModule({
  name: "slow", category: "Own", summary: "s", options: z.strictObject({ file: z.string() }),
  properties: ({ file }) => ({
    state: { probe: sh\`cat \${file} 2>/dev/null || :\`, want: "there", apply: sh\`echo there >\${file}; until [ -e heard ]; do sleep 0.05; done\` },
  }),
});
export default runbook("unheard", {}, ({ step, host }) => {
  const cwd = String(host.vars.dir);
  const conf = step("conf", slow({ file: "unheard" }), { cwd });
  step("restart", command({ cmd: "echo restart >>restarts" }), { cwd, when: changed(conf) });
  const same = step("same", slow({ file: "unheard" }), { cwd });
  step("never", command({ cmd: "echo never >>restarts" }), { cwd, when: changed(same) });
});`,
  );
  const first = work.start(["apply", "unheard.ts", "-i", "hosts.yaml"]);
  await eventually(() => existsSync(join(host.dir, "unheard")), "the host has been changed");
  first.child.kill("SIGKILL");
  await first.ended;
  await writeFile(join(host.dir, "heard"), "");

  const { code, stdout } = await work.rcm(["resume"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/conf \| changed .* changed before the run was interrupted/);
  expect(stdout).toContain("same | ok");
  expect(await readFile(join(host.dir, "restarts"), "utf8")).toBe("restart\n");
  const later = await work.rcm(["apply", "unheard.ts", "-i", "hosts.yaml"]);
  expect(later.stdout).toContain("conf | ok");
  const [id = ""] = readdirSync(join(work.state, "runs")).toSorted();
  const { receipts } = JSON.parse(await readFile(join(work.state, "runs", id, "run.json"), "utf8")) as {
    receipts: string;
  };
  const left = (): boolean => readdirSync("/var/tmp").some((name) => name.includes(receipts));
  await eventually(() => !left(), "what the host was left with has gone");
});

test("a process that has the number of a step's shell by now is not waited for", async () => {
  await using work = await Workplace.make();
  await work.inventory({ host });
  await work.write(
    "cut.ts",
    `import { runbook } from "rcm";
import { command } from "rcm/modules";
export default runbook("cut", {}, ({ step, host }) => {
  step("cut", command({ cmd: "[ -e cut-began ] || { echo $$ >cut-began; exec sleep 600; }; echo done >>cut" }), { cwd: String(host.vars.dir) });
});`,
  );
  const first = work.start(["apply", "cut.ts", "-i", "hosts.yaml"]);
  await eventually(() => existsSync(join(host.dir, "cut-began")), "the step has begun");
  first.child.kill("SIGKILL");
  await first.ended;
  const [id = ""] = readdirSync(join(work.state, "runs"));
  const { receipts } = JSON.parse(await readFile(join(work.state, "runs", id, "run.json"), "utf8")) as {
    receipts: string;
  };
  const folder = readdirSync("/var/tmp").find((name) => name.includes(receipts)) ?? "";
  const [receipt = ""] = readdirSync(join("/var/tmp", folder)).filter((name) => name.endsWith(".pid"));
  const path = join("/var/tmp", folder, receipt);
  const [shell = "", since = ""] = (await readFile(path, "utf8")).split(" ");
  for (const pid of [shell, await readFile(join(host.dir, "cut-began"), "utf8")])
    process.kill(Number(pid), "SIGKILL");
  // As after a reboot: this process has got that number.
  await writeFile(path, `${process.pid} ${since}`);
  expect((await work.rcm(["resume"])).code).toBe(0);
  expect(await readFile(join(host.dir, "cut"), "utf8")).toBe("done\n");
});

test("runs, show and logs tell of what was", async () => {
  await using work = await Workplace.make();
  await work.inventory({ host });
  await work.write(
    "talk.ts",
    `import { runbook } from "rcm";
import { command } from "rcm/modules";
export default runbook("talk", {}, ({ step }) => {
  step("bytes", command({ cmd: "printf 'out\\\\377\\\\033[31m\\\\n'; printf err >&2" }));
  step("fails", command({ cmd: "exit 4" }));
});`,
  );
  await work.rcm(["apply", "talk.ts", "-i", "hosts.yaml"]);
  const { stdout: list } = await work.rcm(["runs"]);
  expect(list).toMatch(/^RUN +STARTED +STATUS +HOSTS +RUNBOOK\n\S+ +\S+ \S+ +failed, resumable +1 +talk\n$/);
  const id = list.split("\n")[1]?.split(" ")[0] ?? "";
  const { stdout: shown } = await work.rcm(["show", id.slice(-4)]);
  expect(shown).toMatch(/bytes +changed/);
  expect(shown).toMatch(/fails +failed .*exit status 4/);
  const { spawnSync } = await import("node:child_process");
  const bin = new URL("../../bin/rcm.js", import.meta.url).pathname;
  const raw = spawnSync(process.execPath, [bin, "logs", id, "host", "bytes", "--stdout"], {
    env: { ...process.env, RCM_STATE_DIR: work.state },
  });
  expect(raw.stdout).toEqual(Buffer.from([0x6f, 0x75, 0x74, 0xff, 0x1b, 0x5b, 0x33, 0x31, 0x6d, 0x0a]));
  expect((await work.rcm(["logs", id, "host", "bytes", "--stderr"])).stdout).toBe("err");
});

test("two applies on one host at once are refused, and the message names the other", async () => {
  await using work = await Workplace.make();
  await work.inventory({ host });
  await work.write(
    "long.ts",
    `import { runbook } from "rcm";
import { command } from "rcm/modules";
export default runbook("long", {}, ({ step, host }) => {
  step("wait", command({ cmd: "touch began; until [ -e go ]; do sleep 0.05; done" }), { cwd: String(host.vars.dir) });
});`,
  );
  const first = work.start(["apply", "long.ts", "-i", "hosts.yaml"]);
  await eventually(() => existsSync(join(host.dir, "began")), "the first run began");
  const second = await work.rcm(["apply", "long.ts", "-i", "hosts.yaml"]);
  expect(second.code).toBe(7);
  expect(second.stderr).toMatch(
    /The host "host" is being worked on by run \S+ \(`rcm apply long\.ts -i hosts\.yaml`, pid \d+, since /,
  );
  first.child.kill("SIGKILL");
  await first.ended;
  await writeFile(join(host.dir, "go"), "");
  expect((await work.rcm(["apply", "long.ts", "-i", "hosts.yaml"])).code).toBe(0);
});
