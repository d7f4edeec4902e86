import { runbook } from "rcm";
import { authorizedKey, cron, group, mount, service, sysctl, systemd, user } from "rcm/modules";

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGJRgouMdK0n/9l2a6/V9kBKT7RhkmzdLDVnrYt+WEm2 ann@laptop";

/** What a host of BusyBox can do, and what it lacks the tools for. */
export default runbook("tiny", { hosts: "all" }, ({ step }) => {
  const apart = { await: [] };
  step("key", authorizedKey({ user: "dev", key: KEY }), apart);
  step("kernel", sysctl({ name: "net.ipv4.ip_forward", value: 1 }), apart);
  step(
    "mount",
    mount({ path: "/mnt/a b", src: "tmpfs", fstype: "tmpfs", opts: "nosuid", state: "mounted" }),
    apart,
  );
  step("locked", user({ name: "dev", uid: 1000, home: "/home/dev", locked: true, createHome: true }), apart);
  step("shell", user({ name: "dev", shell: "/bin/ash" }), apart);
  step("user", user({ name: "new" }), apart);
  step("group", group({ name: "new" }), apart);
  step("cron", cron({ name: "new", job: "true" }), apart);
  step("service", service({ name: "new", state: "started" }), apart);
  step("systemd", systemd({ name: "new", state: "started" }), apart);
});
