import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sshHost, type TestHost } from "../../src/testing/index.ts";
import { BIN, Workplace } from "../support/rcm.ts";

const hasStrace = spawnSync("strace", ["-V"]).status === 0;

/** The steps that the journal told the end of at each time when it was made safe. */
async function safeAt(work: Workplace, steps: string): Promise<readonly string[][]> {
  const runbook = await work.write(
    "site.ts",
    `import { runbook } from "rcm";
import { command, file, pause } from "rcm/modules";
export default runbook("site", { hosts: "localhost" }, ({ step }) => {
${steps}
});
`,
  );
  const calls = work.path("calls");
  const traced = ["-f", "-y", "-s", "100000", "-o", calls, "-e", "trace=write,fdatasync"];
  const { status, stderr } = spawnSync("strace", [...traced, process.execPath, BIN, "apply", runbook], {
    encoding: "utf8",
    cwd: work.dir,
    env: { ...process.env, RCM_STATE_DIR: work.state },
  });
  expect(status, stderr).toBe(0);
  const safe: string[][] = [];
  let written: string[] = [];
  for (const line of (await work.read("calls")).split("\n")) {
    if (!line.includes("/checkpoint/localhost.jsonl>")) continue;
    written.push(
      ...[...line.matchAll(/\\"type\\":\\"finished\\",\\"step\\":\\"(\w+)\\"/g)].map(([, step = ""]) => step),
    );
    if (!/ fdatasync\(/.test(line)) continue;
    safe.push(written);
    written = [];
  }
  expect(written).toEqual([]);
  return safe;
}

test.runIf(hasStrace)(
  "the disk is waited for where the host could not tell a resumed run what became of a step",
  async () => {
    await using work = await Workplace.make();
    const steps = `  step("state", file({ path: ${JSON.stringify(work.path("made"))}, state: "directory" }));
  step("receipt", command({ cmd: "true" }));
  step("judged", command({ cmd: "true" }), { assert: () => true });
  step("again", command({ cmd: "true" }));
  step("here", pause({ duration: 1 }));
  step("last", command({ cmd: "true" }));`;
    expect(await safeAt(work, steps)).toEqual([["state", "receipt", "judged"], ["again", "here"], ["last"]]);
  },
);

test.runIf(hasStrace)(
  "a disk that fails at the end stops the run; the host keeps what it knows, and nothing is done twice",
  async () => {
    const hosts = await Promise.all([sshHost(), sshHost()]);
    await using work = await Workplace.make();
    await work.inventory({ one: hosts[0] as TestHost, two: hosts[1] as TestHost });
    await work.write(
      "site.ts",
      `import { runbook } from "rcm";
import { command } from "rcm/modules";
export default runbook("site", {}, ({ step, host }) => {
  step("line", command({ cmd: "echo line >>lines" }), { cwd: String(host.vars.dir) });
});
`,
    );
    const broken = ["-f", "-o", "/dev/null", "-e", "inject=fdatasync:error=EIO"];
    const { status, stderr } = spawnSync(
      "timeout",
      // The whole process group: a killed strace leaves what it traces running.
      [
        "-s",
        "KILL",
        "60",
        "strace",
        ...broken,
        process.execPath,
        BIN,
        "apply",
        "site.ts",
        "-i",
        "hosts.yaml",
      ],
      { encoding: "utf8", cwd: work.dir, env: { ...process.env, RCM_STATE_DIR: work.state } },
    );
    expect(stderr).toMatch(/Cannot write the checkpoint ".*": EIO/);
    expect(status).toBe(2);
    expect((await work.rcm(["resume"])).code).toBe(0);
    for (const { dir } of hosts) expect(readFileSync(join(dir, "lines"), "utf8")).toBe("line\n");
    await Promise.all(hosts.map((host) => host.stop()));
  },
);
