import { expect, test } from "vitest";
import { eventually, type Running } from "../support/rcm.ts";
import type { HostName } from "./support/hosts.ts";
import { boots, isListening, leftovers, onHost, onLab } from "./support/lab.ts";
import { Site } from "./support/site.ts";

onLab("rcm dies around a reboot, and resume goes on", () => {
  test.concurrent("while the host is down", async () => {
    await dieAndResume("crash-down", [], async () => {
      await eventually(async () => !(await isListening("crash-down")), "the host's port is closed", 60_000);
    });
  });

  test.concurrent("as soon as the reboot is in the journal", async () => {
    await dieAndResume("crash-early", [], async () => undefined);
  });

  test.concurrent("while the host waits to go down", async () => {
    await dieAndResume("crash-waiting", ["-e", "delay=20s"], async () => {
      const waiting = async (): Promise<boolean> =>
        (await onHost("crash-waiting", "ps -eo args")).includes("sleep 20\n");
      await eventually(waiting, "the host was told to reboot in 20 seconds", 60_000);
    });
  });
});

/** Kills rcm at a moment after it has written down that it reboots the host; resuming must reboot it no second time. */
async function dieAndResume(
  host: HostName,
  flags: readonly string[],
  moment: () => Promise<void>,
): Promise<void> {
  await using site = await Site.make({ [host]: { host } });
  const before = boots(host);
  const first = site.start("reboot", ...flags);
  await eventually(() => site.journals.includes('"rebooting"'), "the reboot is in the journal", 60_000);
  await moment();
  await kill(first);
  expect(site.hasCheckpoint).toBe(true);

  const run = await site.resume();

  expect(run.code, run.report).toBe(0);
  expect(run.changed).toEqual([`${host} reboot`, `${host} after`]);
  expect(boots(host)).toBe(before + 1);
  expect(await onHost(host, "cat /var/log/rcm-marks")).toBe("before\nafter");
  expect(site.hasCheckpoint).toBe(false);
  expect(await leftovers(host)).toEqual([]);
}

async function kill({ child, ended }: Running): Promise<void> {
  child.kill("SIGKILL");
  expect((await ended).signal).toBe("SIGKILL");
}
