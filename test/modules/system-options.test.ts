import { describe, expect, test } from "vitest";
import { authorizedKey, cron, group, mount, service, sysctl, systemd, user } from "../../modules/index.ts";
import type { Module } from "../../src/index.ts";
import { checkOptions } from "../../src/module/options.ts";

const KEY = `ssh-ed25519 ${"A".repeat(68)} name`;

const refused: ReadonlyArray<readonly [Module, Readonly<Record<string, unknown>>, RegExp]> = [
  [group, { name: "-x" }, /option "name": wanted a name of letters/],
  [group, { name: "a:b" }, /option "name": wanted a name of letters/],
  [group, { name: "a", gid: -1 }, /option "gid"/],
  [group, { name: "a", nonUnique: true }, /nonUnique requires gid/],
  [user, { name: "a\nb" }, /option "name": wanted a name of letters/],
  [user, { name: "a", comment: "a:b" }, /option "comment": it cannot hold a colon or a second line/],
  [user, { name: "a", home: "srv" }, /option "home": wanted a path from \//],
  [user, { name: "a", shell: "bash" }, /option "shell": wanted a path from \//],
  [user, { name: "a", password: "secret word" }, /option "password": wanted the hash of a password/],
  [user, { name: "a", password: "$6$x\ny" }, /option "password": wanted the hash of a password/],
  [user, { name: "a", append: true }, /append requires groups/],
  [user, { name: "a", moveHome: true }, /moveHome requires home/],
  [
    user,
    { name: "a", expires: "2030-02-30" },
    /option "expires": wanted a date such as "2030-12-31", or "never"/,
  ],
  [user, { name: "a", sshKeyBits: 4096 }, /require generateSshKey/],
  [user, { name: "a", updatePassword: "onCreate" }, /updatePassword requires password/],
  [
    user,
    { name: "a", skeleton: "/x", createHome: false },
    /skeleton and createHome: false exclude each other/,
  ],
  [systemd, {}, /wanted at least one of state, enabled, masked/],
  [systemd, { state: "started" }, /need the name of a unit/],
  [systemd, { name: "a*", state: "started" }, /option "name": wanted the name of a unit/],
  [systemd, { name: "a", masked: true, enabled: true }, /a masked unit can be neither enabled nor started/],
  [systemd, { name: "a", scope: "global", state: "started" }, /only enabled and masked go with it/],
  [systemd, { name: "a", enabled: false, force: true }, /force goes with enabled: true/],
  [service, { name: "a" }, /wanted at least one of state and enabled/],
  [service, { name: "a/b", state: "started" }, /option "name": wanted the name of a unit/],
  [
    authorizedKey,
    { user: "a", key: "https://example.com/key" },
    /option "key": wanted the text of public keys/,
  ],
  [authorizedKey, { user: "a", key: [] }, /option "key": wanted at least one key/],
  [authorizedKey, { user: "a", key: KEY, state: "absent", exclusive: true }, /exclusive goes with/],
  [cron, { name: "a" }, /job is required for the state present/],
  [cron, { name: "a", job: "x\ny" }, /option "job": wanted a single line/],
  [cron, { name: "a", job: "x", minute: "5 5" }, /option "minute": wanted a field of a crontab/],
  [cron, { name: "a", job: "x", cronFile: "a.b", user: "a" }, /option "cronFile": wanted a path, or a name/],
  [cron, { name: "a", job: "x", cronFile: "a" }, /cronFile requires user/],
  [cron, { name: "a", job: "x", specialTime: "daily", hour: 3 }, /specialTime stands instead of/],
  [cron, { name: "a b", job: "x", env: true }, /name is that of a variable/],
  [sysctl, { name: "vm..x", value: 1 }, /option "name": wanted the name of a kernel parameter/],
  [sysctl, { name: "../x/y", value: 1 }, /option "name": wanted the name of a kernel parameter/],
  [sysctl, { name: "vm.x" }, /value is required for the state present/],
  [mount, { path: "a", state: "absent" }, /option "path": wanted a path from \//],
  [mount, { path: "/a", state: "mounted", src: "tmpfs" }, /require src and fstype/],
];

describe("wrong options are refused before a host is touched", () => {
  test.each(refused)("%#: $definition.name", (module, options, error) => {
    const checked = checkOptions(module.definition, options);
    expect(checked.ok ? "accepted" : checked.problems.join("; ")).toMatch(error);
    // A password must not be repeated.
    expect(JSON.stringify(checked)).not.toContain("secret word");
  });
});
