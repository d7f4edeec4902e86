import { runbook, z } from "rcm";
import { authorizedKey, cron, mount, sysctl } from "rcm/modules";

const ANN = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGJRgouMdK0n/9l2a6/V9kBKT7RhkmzdLDVnrYt+WEm2 ann@laptop";
const BOB = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIH3EuBpGQ4IjB4x8Mn80EYUJLRME7X4Q+9Iq8s0eKzP7 bob";

/** Keys, jobs, kernel parameters and mounts. */
export default runbook(
  "settings",
  { hosts: "all", params: z.object({ state: z.enum(["present", "absent"]).default("present") }) },
  ({ params: { state }, step }) => {
    const isGone = state === "absent";
    step("key", authorizedKey({ user: "dev", key: ANN, keyOptions: 'no-pty,from="10.0.0.0/8,::1"', state }));
    step("only", authorizedKey({ user: "tc", key: [BOB], exclusive: !isGone, state }));
    step("apart", authorizedKey({ user: "bb", key: `${ANN}\n${BOB}`, path: "/etc/ssh/keys-bb", state }));
    step("variable", cron({ name: "MAILTO", env: true, job: "ops@example.com", user: "dev", state }));
    step(
      "job",
      cron({
        name: "it's a job",
        job: "echo 'a b' \\% \"$HOME\"",
        user: "dev",
        minute: "*/5",
        hour: 3,
        state,
      }),
    );
    step("off", cron({ name: "off", job: "true", specialTime: "reboot", disabled: true, state }));
    step(
      "file",
      cron({ name: "shared", job: "true", user: "dev", cronFile: "rcm", weekday: "mon-fri", state }),
    );
    step("kernel", sysctl({ name: "net.ipv4.ip_local_port_range", value: "20000 60000", state }));
    step(
      "dots",
      sysctl({ name: "net/ipv4/conf/lo/rp_filter", value: 2, file: "/etc/sysctl.d/own.conf", state }),
    );
    const tmp = { path: "/mnt/it's a disk", src: "tmpfs", fstype: "tmpfs", opts: "size=1m,nosuid,nodev" };
    step("mount", mount({ ...tmp, state: isGone ? "absent" : "mounted" }));
    step(
      "table",
      mount({ path: "/mnt/later", src: "/dev/none", fstype: "ext4", boot: false, passno: 2, state }),
    );
    step(
      "bind",
      mount({
        path: "/mnt/b",
        src: "/srv",
        fstype: "none",
        opts: "bind,ro",
        state: isGone ? "absent" : "ephemeral",
      }),
    );
  },
);
