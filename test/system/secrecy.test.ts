import { spawn } from "node:child_process";
import { expect, test } from "vitest";
import { eventually } from "../support/rcm.ts";
import { onHost, onLab, sshArguments } from "./support/lab.ts";
import { Site } from "./support/site.ts";

/** Looks at all command lines and environments, again and again, and prints each of ours it sees once. */
const WATCH = `echo watching; while [ ! -e /run/watched ]; do
  cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ; done 2>/dev/null |
  tr '\\0' '\\n' | grep -E 'rcm-ready|ops[-]pw' | awk '!seen[$0]++'`;

onLab("sudo's password", () => {
  test("stands in no command line and no environment", async () => {
    const watch = spawn("ssh", [...sshArguments("secrecy"), `echo watching; ${WATCH}`]);
    let seen = "";
    watch.stdout.on("data", (chunk: Buffer) => {
      seen += chunk.toString();
    });
    const closed = new Promise((resolve) => watch.once("close", resolve));
    await eventually(() => seen.includes("watching"), "the watch has begun");
    await using site = await Site.make({ host: { host: "secrecy", user: "ops" } });

    const run = await site.apply("one", "-b", ...(await site.password("ops-pw")), "-e", "cmd=sleep 1");

    await onHost("secrecy", "touch /run/watched");
    await closed;
    expect(run.code, run.report).toBe(0);
    expect(seen).toContain("rcm-ready"); // it saw the session being started
    expect(seen).not.toContain("ops-pw");
  });
});
