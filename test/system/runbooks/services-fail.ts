import { runbook } from "rcm";
import { service, systemd } from "rcm/modules";

/** What cannot be brought about, and what is done each time. */
export default runbook("services-fail", { hosts: "all" }, ({ step }) => {
  step("missing", systemd({ name: "nonesuch", state: "started" }), { await: [] });
  step("enable", systemd({ name: "nonesuch", enabled: true }), { await: [] });
  step("bad", systemd({ name: "rcm-bad", state: "started" }), { await: [] });
  step("reload", systemd({ name: "cron", state: "reloaded" }), { await: [] });
  step("user", systemd({ name: "x", scope: "user", state: "started" }), { await: [], become: "dora" });
  step("oneshot", systemd({ name: "rcm-one", state: "started" }), { await: [] });
  step("script", service({ name: "cron", state: "restarted", use: "sysvinit" }), { await: [] });
});
