import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { BIN, Workplace } from "../support/rcm.ts";

/** Runs rcm with a standard output that nobody reads any more; gives its exit code and standard error. */
function unread(work: Workplace, words: string): { readonly code: string; readonly stderr: string } {
  const script = `{ "$0" "$1" ${words}; echo "code $?" >code; } | true; cat code`;
  const { stdout, stderr } = spawnSync("/bin/bash", ["-c", script, process.execPath, BIN], {
    cwd: work.dir,
    env: { ...process.env, RCM_STATE_DIR: work.state },
    encoding: "utf8",
  });
  return { code: stdout.trim(), stderr };
}

test("output that nobody reads is no error", async () => {
  await using work = await Workplace.make();
  expect(unread(work, "modules")).toEqual({ code: "code 0", stderr: "" });
});

test("a run goes on when nobody reads what it says", async () => {
  await using work = await Workplace.make();
  await work.write(
    "site.ts",
    `import { runbook } from "rcm";
import { command } from "rcm/modules";
export default runbook("site", { hosts: "localhost" }, ({ step }) => {
  for (let i = 0; i < 20; i++) step("s" + i, command({ cmd: "echo " + i + " >>done" }), { cwd: ${JSON.stringify(work.dir)} });
});
`,
  );
  expect(unread(work, "apply site.ts --format plain").code).toBe("code 0");
  expect((await work.read("done")).trim().split("\n")).toHaveLength(20);
});
