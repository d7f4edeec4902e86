import { expect, test } from "vitest";
import { filesOf, onHost, onLab } from "./support/lab.ts";
import { Site } from "./support/site.ts";

const STATES = `systemctl is-active rcm-a cron; systemctl is-enabled rcm-a cron rcm-b.timer
XDG_RUNTIME_DIR=/run/user/$(id -u admin) runuser -u admin -- systemctl --user is-active rcm-u`;

onLab("systemd and service", () => {
  test("bring units about once, and mend what was tampered with", async () => {
    await using site = await Site.make({ host: { host: "services", user: "admin" } });

    const first = await site.apply("services", "-b");
    expect(first.code, first.report).toBe(0);
    expect(first.differences("host")).toMatchObject({
      a: ["enabled: disabled → enabled", "state: inactive → active"],
      again: ["state: active → restarted"],
      reload: ["state: active → reloaded"],
      u: ["state: inactive → active"],
    });
    const states = "active\nactive\nenabled\nenabled\nmasked\nactive";
    expect(await onHost("services", `${STATES}; true`)).toBe(states);

    const second = await site.apply("services", "-b");
    expect(second.code, second.report).toBe(0);
    expect(second.changed).toEqual([]);

    await onHost(
      "services",
      "systemctl disable -q --now rcm-a; systemctl unmask -q rcm-b.timer; systemctl stop cron",
    );
    const before = await filesOf("services");
    const planned = await site.plan("services", "-b");
    expect(planned.code, planned.report).toBe(0);
    expect(planned.differences("host")).toEqual({
      a: ["enabled: disabled → enabled", "state: inactive → active"],
      // There is no such unit; one that is masked counts as stopped.
      b: ["masked: unmasked → masked", "state: not-found → inactive"],
      cron: ["state: inactive → active"],
    });
    expect(await filesOf("services")).toBe(before);

    expect((await site.apply("services", "-b")).code).toBe(0);
    expect(await onHost("services", `${STATES}; true`)).toBe(states);

    // A restart takes the new unit file only after systemd has read it.
    const changed = await site.apply("services", "-b", "-e", "text=second");
    expect(changed.changed, changed.report).toEqual(["host unit", "host a", "host again", "host reload"]);
    expect(changed.differences("host").a).toEqual(["daemonReload: outdated → current"]);
  });

  test("say why a unit cannot be brought about", async () => {
    await using site = await Site.make({ host: { host: "services", user: "admin" } });
    await onHost("services", BROKEN);
    const run = await site.apply("services-fail", "-b");
    const errors = ["missing", "enable", "bad", "reload", "user"].map(
      (step) => run.result("host", step).error,
    );
    expect(errors, run.report).toEqual([
      'cannot bring about "state": Failed to start nonesuch.service: Unit nonesuch.service not found.',
      'cannot bring about "enabled": Failed to enable unit: Unit file nonesuch.service does not exist.',
      'cannot bring about "state": Job for rcm-bad.service failed because the control process exited with error code.',
      'cannot bring about "state": Failed to reload cron.service: Job type reload is not applicable for unit cron.service.',
      'cannot bring about "state": dora has no systemd that runs: loginctl enable-linger dora starts one',
    ]);
    expect(run.result("host", "bad").stderr).toContain("status=1/FAILURE");
    // A oneshot unit is run each time; it does not stay active.
    expect(run.result("host", "oneshot").status).toBe("changed");
    expect(run.result("host", "script").status).toBe("changed");
  });
});

const BROKEN = `cd /etc/systemd/system
printf '[Service]\\nExecStart=/bin/false\\nType=oneshot\\n' >rcm-bad.service
printf '[Service]\\nExecStart=/bin/true\\nType=oneshot\\n' >rcm-one.service; systemctl daemon-reload`;
