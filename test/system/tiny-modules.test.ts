import { expect, test } from "vitest";
import { onHost, onLab } from "./support/lab.ts";
import { Site } from "./support/site.ts";

onLab("modules of the system on BusyBox", () => {
  test("do what there are tools for, and otherwise say which are missing", async () => {
    await using site = await Site.make({ tiny: { host: "tiny-modules" } });
    const first = await site.apply("tiny");
    const wells = ["key", "kernel", "mount", "locked"];
    expect([...first.changed].sort(), first.report).toEqual(wells.map((step) => `tiny ${step}`).sort());
    const errors = ["shell", "user", "group", "service", "systemd"].map(
      (step) => first.result("tiny", step).error,
    );
    expect(errors).toEqual([
      'cannot bring about "shell": this host has no usermod',
      'cannot bring about "state": this host has no useradd and no adduser',
      'cannot bring about "state": this host has no groupadd and no addgroup',
      'cannot bring about "state": there is no service new: no /etc/init.d/new',
      'cannot bring about "state": this host has no systemctl',
    ]);
    expect(first.result("tiny", "cron").error).toMatch(/can't change directory to '\/var\/spool\/cron/);
    expect(
      await onHost(
        "tiny-modules",
        "stat -c '%U %a' /home/dev/.ssh/*; grep -c ' /mnt/a.040b tmpfs rw,nosuid' /proc/mounts",
      ),
    ).toBe("dev 600\n1");
    expect((await site.apply("tiny")).changed).toEqual([]);
  });
});
