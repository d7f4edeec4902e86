import { runbook, z } from "rcm";
import { group, user } from "rcm/modules";

const present = z.enum(["present", "absent"]).default("present");
const HASH = "$6$rcm$t4ZOb0BSH1p3wAgkpvVDvzhCUEkUjRgzGmpSXrxILYIgXPjCtkqR6Y7BMRsXDr1H9vWbtYfTpm0t1A7Sv5WOn1";

/** A group and three users, with all that a user can have. */
export default runbook(
  "accounts",
  { hosts: "all", params: z.object({ state: present }) },
  ({ params, step }) => {
    const { state } = params;
    const isGone = state === "absent";
    if (!isGone) step("team", group({ name: "team", gid: 4321 }));
    step(
      "ann",
      user({
        ...{ name: "ann", state, uid: 4400, group: "team", groups: ["games", "audio"], home: "/srv/ann" },
        ...{ shell: "/bin/dash", comment: "Ann O'Nym, $HOME", password: HASH, expires: "2040-02-29" },
        ...{ passwordExpireMin: 1, passwordExpireMax: 90, passwordExpireWarn: 14 },
        ...{ generateSshKey: true, sshKeyComment: "it's ann's", remove: true },
      }),
    );
    step("daemon", user({ name: "svc-x", state, system: true, shell: "/usr/sbin/nologin", locked: true }));
    step(
      "ben",
      user({
        name: "ben",
        state,
        groups: ["audio"],
        append: true,
        expires: "never",
        updatePassword: "onCreate",
        password: "*",
      }),
    );
    if (isGone) step("team", group({ name: "team", state }));
  },
);
