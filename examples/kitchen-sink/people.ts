import { runbook } from "rcm";
import { authorizedKey, command, cron, group, user } from "rcm/modules";

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGJRgouMdK0n/9l2a6/V9kBKT7RhkmzdLDVnrYt+WEm2 chef@kitchen";

/** The chef, and what belongs to one. */
export const people = runbook("people", {}, ({ step }) => {
  step("group", group({ name: "kitchen", gid: 4300 }));
  step("chef", user({ name: "chef", groups: ["kitchen"], shell: "/bin/bash", comment: "The Chef" }));
  step("key", authorizedKey({ user: "chef", key: KEY }));
  step("job", cron({ name: "stock", user: "chef", job: "true", hour: 4, minute: 30 }));
  const who = step("as chef", command({ cmd: "id -un", changedWhen: false }), {
    become: "chef",
    cwd: "/home/chef",
    post: (out) => out.trim(),
    assert: ({ output }) => output === "chef",
  });
  return { who };
});
