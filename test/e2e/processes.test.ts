import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sshHost, type TestHost } from "../../src/testing/index.ts";
import { eventually, Workplace } from "../support/rcm.ts";

let host: TestHost;
beforeAll(async () => {
  host = await sshHost();
});
afterAll(() => host.stop());

/** Processes whose command line has this text. */
function running(text: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
        return line.includes(text) && !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ")
          ? [line]
          : [];
      } catch {
        return [];
      }
    });
}

const book = (steps: string): string => `
import { runbook } from "rcm";
import { bash, command } from "rcm/modules";
export default runbook("long", {}, ({ step, host }) => {
  const cwd = String(host.vars.dir);
  ${steps}
});`;

test.each([
  ["a shell line", 'command({ cmd: "sleep 31.1; touch late" })', "sleep 31.1"],
  ["a program", 'command({ cmd: "sleep", args: ["31.2"] })', "sleep 31.2"],
  [
    "a script with children in the background",
    'bash({ script: "sleep 31.3 & sleep 31.3 & wait; touch late" })',
    "sleep 31.3",
  ],
  [
    "a child whose parent has gone",
    'command({ cmd: "(sleep 31.4 &) ; sleep 31.4; touch late" })',
    "sleep 31.4",
  ],
  [
    "one that does not listen to TERM",
    'bash({ script: "trap : TERM; while :; do sleep 31.5; done" })',
    "sleep 31.5",
  ],
])("a time-out ends %s on the host", async (_name, call, process) => {
  await using work = await Workplace.make();
  await work.inventory({ host });
  await work.write(
    "long.ts",
    book(
      `step("slow", ${call}, { cwd, timeout: "1s" }); step("free", command({ cmd: "true" }), { await: [] });`,
    ),
  );
  const { code, stdout } = await work.rcm(["apply", "long.ts", "-i", "hosts.yaml"]);
  expect(code).toBe(2);
  expect(stdout).toContain("timed out after 1 s");
  expect(stdout).toMatch(/1 host: 1 ok, 1 changed, 1 failed/);
  expect(running(process)).toEqual([]);
  expect(existsSync(join(host.dir, "late"))).toBe(false);
});

test("^C ends the step on the host, keeps the checkpoint, and the run can be resumed", async () => {
  await using work = await Workplace.make();
  await work.inventory({ host });
  const steps = (cmd: string): string =>
    book(`step("one", command({ cmd: "echo one >> order" }), { cwd });
  step("slow", command({ cmd: ${JSON.stringify(cmd)} }), { cwd }); step("last", command({ cmd: "echo last >> order" }), { cwd });`);
  await work.write("long.ts", steps("touch here; sleep 32.1; touch late"));
  const run = work.start(["apply", "long.ts", "-i", "hosts.yaml"]);
  await eventually(() => existsSync(join(host.dir, "here")), "the step runs");
  run.child.kill("SIGINT");
  const { code, stdout } = await run.ended;
  expect(code).toBe(130);
  expect(stdout).toContain("resume: rcm resume");
  expect(running("sleep 32.1")).toEqual([]);
  expect(existsSync(join(host.dir, "late"))).toBe(false);

  await work.write("long.ts", steps("echo slow >> order"));
  expect((await work.rcm(["resume"])).code).toBe(0);
  expect(readFileSync(join(host.dir, "order"), "utf8")).toBe("one\nslow\nlast\n");
});

test("a step that prints 200 MB is whole on the disk, and rcm stays small", async () => {
  await using work = await Workplace.make();
  await work.inventory({ host });
  await work.write(
    "loud.ts",
    book(
      `step("loud", command({ cmd: "head -c 200000000 /dev/zero | tr '\\\\0' x; echo; head -c 1000000 /dev/zero | tr '\\\\0' e >&2" }));`,
    ),
  );
  const bin = new URL("../../bin/rcm.js", import.meta.url).pathname;
  const peak = work.path("peak");
  // Node itself tells its peak when it ends.
  await work.write(
    "peak.cjs",
    `process.on("exit", () => require("node:fs").writeFileSync(${JSON.stringify(peak)}, String(process.resourceUsage().maxRSS)));`,
  );
  execFileSync(
    process.execPath,
    ["--require", work.path("peak.cjs"), bin, "apply", "loud.ts", "-i", "hosts.yaml"],
    {
      cwd: work.dir,
      env: { ...process.env, RCM_STATE_DIR: work.state, SSH_AUTH_SOCK: "" },
    },
  );
  const [id = ""] = readdirSync(join(work.state, "runs"));
  const log = readFileSync(join(work.state, "runs", id, "out/host/loud.log"));
  expect(log.length).toBe(201_000_001);
  expect(log.indexOf("\n")).toBeGreaterThan(0);
  expect(log.toString("latin1").replaceAll(/e+/g, "").replace("\n", "")).toHaveLength(200_000_000);
  expect(Number(readFileSync(peak, "utf8")) / 1024).toBeLessThan(250);
});

test("bytes that are no text, escapes and the protocol's own separators arrive unharmed on disk, harmless on screen", async () => {
  await using work = await Workplace.make();
  await work.inventory({ host });
  const bytes = Buffer.concat([
    Buffer.from(Array.from({ length: 256 }, (_, i) => i)),
    Buffer.from(
      "\x1b[2J\x1b]0;title\x07\x1e\x1f\x1e00000000000000000000000000000000\x1fe 2 0\x1e\n\xff\xfe",
      "latin1",
    ),
  ]);
  await work.write(
    "raw.ts",
    book(
      `step("raw", command({ cmd: "cat", stdin: Buffer.from("${bytes.toString("base64")}", "base64").toString("latin1") })); step("fail", command({ cmd: "printf '\\\\033[31mred\\\\n'; exit 1" }));`,
    ),
  );
  const { stdout } = await work.rcm(["apply", "raw.ts", "-i", "hosts.yaml"]);
  const [id = ""] = readdirSync(join(work.state, "runs"));
  const log = readFileSync(join(work.state, "runs", id, "out/host/raw.log"));
  // The runbook gives characters, which travel as UTF-8.
  expect(log).toEqual(Buffer.from(bytes.toString("latin1"), "utf8"));
  expect(stdout).toContain("\\x1b[31mred");
  expect(stdout).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f]/);
});
