import { expect, test } from "vitest";
import { filesOf, onHost, onLab } from "./support/lab.ts";
import { Site } from "./support/site.ts";

const HASH = /t4ZOb0BSH1p3/;

onLab("group and user", () => {
  test("are made once, mended where they were tampered with, and removed", async () => {
    await using site = await Site.make({ host: { host: "accounts", user: "admin" } });

    const first = await site.apply("accounts", "-b");
    expect(first.changed, first.report).toEqual(["host team", "host ann", "host daemon", "host ben"]);
    expect(await onHost("accounts", LOOK)).toBe(MADE);
    expect(await onHost("accounts", "ssh-keygen -lf /srv/ann/.ssh/id_ed25519.pub")).toMatch(
      /it's ann's \(ED25519\)$/,
    );

    const second = await site.apply("accounts", "-b");
    expect(second.code, second.report).toBe(0);
    expect(second.changed).toEqual([]);

    await onHost("accounts", TAMPER);
    const before = await filesOf("accounts");
    const planned = await site.plan("accounts", "-b");
    expect(planned.code, planned.report).toBe(0);
    expect(planned.differences("host")).toEqual(TAMPERED);
    expect(planned.report).not.toMatch(HASH);
    expect(await filesOf("accounts")).toBe(before);

    const third = await site.apply("accounts", "-b");
    expect(third.differences("host"), third.report).toEqual(TAMPERED);
    expect(third.report).not.toMatch(HASH);
    expect(site.journals).not.toMatch(HASH);
    // What an appending user has besides stays, and a locked password is kept under its lock.
    const mended = MADE.replace("ben audio", "ben audio video").replace(/!$/, () => "!$6$x$y");
    expect(await onHost("accounts", LOOK)).toBe(mended);

    const gone = ["-b", "-e", "state=absent"];
    expect((await site.apply("accounts", ...gone)).changed).toEqual([
      "host ann",
      "host daemon",
      "host ben",
      "host team",
    ]);
    expect((await site.apply("accounts", ...gone)).changed).toEqual([]);
    expect(
      await onHost(
        "accounts",
        "getent passwd ann ben svc-x; getent group team; ls -d /srv/ann /home/ben; true",
      ),
    ).toBe("/home/ben");
  });
});

const LOOK = `
getent group team
for u in ann ben svc-x; do getent passwd $u | sed 's/:[0-9]*:[0-9]*:/:N:/'; id -Gn $u; done
id -u ann
stat -c '%n %U %G %a' /srv/ann /srv/ann/.bashrc /srv/ann/.ssh /srv/ann/.ssh/id_ed25519 /home/ben
ls -d /home/svc-x 2>&1
getent shadow ann ben svc-x | cut -d: -f4-6,8; getent shadow ann ben svc-x | cut -d: -f2 | cut -c1-9`;

const MADE = `team:x:4321:
ann:x:N:Ann O'Nym, $HOME:/srv/ann:/bin/dash
team audio games
ben:x:N::/home/ben:/bin/sh
ben audio
svc-x:x:N::/home/svc-x:/usr/sbin/nologin
svc-x
4400
/srv/ann ann team 755
/srv/ann/.bashrc ann team 644
/srv/ann/.ssh ann team 700
/srv/ann/.ssh/id_ed25519 ann team 600
/home/ben ben ben 755
ls: cannot access '/home/svc-x': No such file or directory
1:90:14:25626
0:99999:7:
:::
$6$rcm$t4
*
!`;

const TAMPER = `
groupmod -g 4999 team
usermod -s /bin/sh -c 'Eve' -G games,video -p '$6$other$hash' -e '' ann
chage -M 1000 ann
usermod -p '$6$x$y' svc-x
usermod -G video ben; rm -rf /home/ben
rm /srv/ann/.ssh/id_ed25519*`;

const TAMPERED = {
  team: ["gid: 4999 → 4321"],
  ann: [
    "groups: games,video → audio,games",
    "shell: /bin/sh → /bin/dash",
    "comment: Eve → Ann O'Nym, $HOME",
    "password: (not shown) → (changed)",
    "expires: never → 2040-02-29",
    "passwordExpireMax: 1000 → 90",
    "sshKey: absent → present",
  ],
  daemon: ["locked: unlocked → locked"],
  ben: ["groups:  → audio", "homeDirectory: absent → present"],
};
