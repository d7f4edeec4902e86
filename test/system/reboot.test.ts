import { expect, test } from "vitest";
import type { HostName } from "./support/hosts.ts";
import { bootId, boots, leftovers, onHost, onLab } from "./support/lab.ts";
import { type Login, Site } from "./support/site.ts";

interface Case extends Login {
  readonly flags?: readonly string[];
  readonly password?: string;
}

const CASES: Readonly<Record<string, Case>> = {
  "as root": { host: "reboot-root" },
  "with sudo": { host: "reboot-admin", user: "admin", flags: ["-b"] },
  "with sudo and a password": { host: "reboot-ops", user: "ops", flags: ["-b"], password: "ops-pw" },
  "on Debian 13": { host: "trixie-reboot", user: "ops", flags: ["-b"], password: "ops-pw" },
  "with dropbear and BusyBox, without nohup": { host: "tiny-reboot" },
  "at once, without a goodbye": { host: "light-reboot", flags: ["-e", "command=reboot -ff"] },
};

onLab("one apply goes through a real reboot", () => {
  test.concurrent.each(Object.entries(CASES))("%s", async (_name, { host, user, flags = [], password }) => {
    await using site = await Site.make({ [host]: { host, ...(user === undefined ? {} : { user }) } });
    const secret = password === undefined ? [] : await site.password(password);
    const before = { boots: boots(host), id: await bootId(host) };

    const run = await site.apply("reboot", ...flags, ...secret);

    expect(run.code, run.report).toBe(0);
    expect(run.changed).toEqual([`${host} before`, `${host} reboot`, `${host} after`]);
    expect(boots(host)).toBe(before.boots + 1);
    expect(await bootId(host)).not.toBe(before.id);
    expect(await marks(host)).toBe("before\nafter");
    expect(site.hasCheckpoint).toBe(false);
    expect(await leftovers(host)).toEqual([]);
  });
});

onLab("a reboot that cannot be", () => {
  test("is told of at once when the user may not", async () => {
    await using site = await Site.make({ host: { host: "reboot-refused", user: "dev" } });
    const before = boots("reboot-refused");

    const run = await site.apply("reboot", "-e", "log=/home/dev/marks");

    expect(run.code, run.report).toBe(2);
    expect(run.result("host", "reboot").error).toMatch(/reboots failed with exit status \d+: .+/);
    expect(boots("reboot-refused")).toBe(before);
  });
});

async function marks(host: HostName): Promise<string> {
  return await onHost(host, "cat /var/log/rcm-marks");
}
