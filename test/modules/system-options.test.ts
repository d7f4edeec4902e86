import { describe, expect, test } from "vitest";
import { group, user } from "../../modules/index.ts";
import type { Module } from "../../src/index.ts";
import { checkOptions } from "../../src/module/options.ts";

const _KEY = `ssh-ed25519 ${"A".repeat(68)} name`;

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
];

describe("wrong options are refused before a host is touched", () => {
  test.each(refused)("%#: $definition.name", (module, options, error) => {
    const checked = checkOptions(module.definition, options);
    expect(checked.ok ? "accepted" : checked.problems.join("; ")).toMatch(error);
    // A password must not be repeated.
    expect(JSON.stringify(checked)).not.toContain("secret word");
  });
});
