import { changed, runbook, z } from "rcm";
import { command, copy, service, systemd } from "rcm/modules";

const unit = (text: string): string =>
  `[Service]\nExecStart=/bin/sleep infinity\nExecReload=/bin/true\n# ${text}\n`;

/** Units of the system and of a user, started, stopped, masked, and what a change of one brings about. */
export default runbook(
  "services",
  { hosts: "all", params: z.object({ text: z.string().default("first") }) },
  ({ params, step }) => {
    const install = "[Install]\nWantedBy=multi-user.target\n";
    const file = step(
      "unit",
      copy({ content: unit(params.text) + install, dest: "/etc/systemd/system/rcm-a.service" }),
    );
    step("a", systemd({ name: "rcm-a", daemonReload: true, state: "started", enabled: true }));
    step("again", systemd({ name: "rcm-a", state: "restarted" }), { when: changed(file) });
    step("reload", systemd({ name: "rcm-a", state: "reloaded" }), { when: changed(file) });
    step("b", systemd({ name: "rcm-b.timer", masked: true, state: "stopped" }));
    step("cron", service({ name: "cron", state: "started", enabled: true }));
    step(
      "user unit",
      copy({ content: unit("user"), dest: "/home/admin/.config/systemd/user/rcm-u.service" }),
      {
        become: false,
      },
    );
    step(
      "linger",
      command({ cmd: "loginctl enable-linger admin", creates: "/var/lib/systemd/linger/admin" }),
    );
    step("u", systemd({ name: "rcm-u", scope: "user", state: "started" }), { become: false, retry: 5 });
  },
);
