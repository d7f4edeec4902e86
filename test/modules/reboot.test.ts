import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { reboot } from "../../modules/index.ts";
import type { RebootRequest, RunHost } from "../../src/index.ts";
import { localSide } from "../../src/module/local-side.ts";
import { checkOptions } from "../../src/module/options.ts";
import { buildPlan } from "../../src/plan/build.ts";
import { runbook } from "../../src/runbook/runbook.ts";
import { siteOf } from "../../src/runbook/site.ts";
import { HOSTILE_LINES, HOSTILE_VALUES } from "../../src/testing/index.ts";
import { stage } from "./stage.ts";

const on = stage();

/** What the module asks of the host. Nothing is sent: this machine is not to go down. */
async function asked(options: object): Promise<RebootRequest> {
  const checked = checkOptions(reboot.definition, options as Record<string, unknown>);
  if (!checked.ok) throw new Error(checked.problems.join("; "));
  const requests: RebootRequest[] = [];
  const host = {
    reboot: async (request: RebootRequest) => void requests.push(request),
  } as unknown as RunHost;
  expect(await reboot.definition.run!(checked.options, host, localSide("."))).toEqual({
    changed: true,
    message: "rebooted",
  });
  return requests[0]!;
}

describe("the script", () => {
  test("reboots with shutdown, or with reboot where that fails", async () => {
    const { script, settle, timeout, test: after } = await asked({ message: "new kernel" });
    expect(script.text).toContain(`sh -c 'shutdown -r -- now "$1" || reboot' sh 'new kernel'`);
    expect([settle, timeout, after]).toEqual([0, 600_000, undefined]);
  });

  test("waits on the host, and has a command and a test of one's own", async () => {
    const {
      script,
      settle,
      timeout,
      test: after,
    } = await asked({ delay: "1.5s", timeout: "2m", command: "kexec -e", test: "true && id" });
    expect(script.text).toContain("sleep '2'");
    expect(script.text).toContain("sh -c 'kexec -e'");
    expect([settle, timeout, after?.text]).toEqual([1500, 120_000, "sh -c 'true && id'"]);
  });

  test("hands its message over as it is, and runs nothing of it", async () => {
    for (const message of [...HOSTILE_VALUES, ...HOSTILE_LINES, ""]) {
      const dir = on.dir();
      const { script } = await asked({ message, command: `printf %s "$1" >said` });
      execFileSync("/bin/sh", ["-e"], { cwd: dir, input: script.text, stdio: ["pipe", "ignore", "ignore"] });
      expect(readFileSync(`${dir}/said`, "utf8")).toBe(message);
      expect(existsSync(`${dir}/CANARY`)).toBe(false);
    }
  });
});

test("a dry run says so", async () => {
  const results = [reboot({}), reboot({ delay: "5s" })].map((call) =>
    on.run(on.dir(), call, { mode: "check" }),
  );
  expect((await Promise.all(results)).map(({ status, message }) => `${status}: ${message}`)).toEqual([
    "changed: would reboot the host",
    "changed: would reboot the host in 5000 ms",
  ]);
});

test("the machine that rcm runs on is not rebooted", async () => {
  const site = siteOf(runbook("r", { hosts: "localhost" }, ({ step }) => void step("go down", reboot({}))));
  const inventory = { hosts: new Map(), groups: new Map(), sources: [], warnings: [] };
  const plan = buildPlan({
    site,
    file: undefined,
    inventory,
    limit: undefined,
    overrides: { type: "local" },
    params: [],
    local: localSide("/"),
  });
  await expect(plan).rejects.toThrow(/cannot reboot "localhost": it is the machine that rcm runs on/);
});

test("a command that fails fails the step", async () => {
  const { error } = await on.run(on.dir(), reboot({ command: "echo not today >&2; exit 3", timeout: 100 }));
  expect(error).toMatch(/exit status 3: not today/);
});
