import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { packages } from "../../modules/index.ts";
import type { RunStepOptions } from "../../src/testing/index.ts";
import { stage } from "./stage.ts";

const on = stage();

/**
 * Package managers that keep what is installed as files in `db`, with the version in them; the newest version of
 * everything is 2. They stand for real ones in nothing but the command lines that the module uses; apt is tried for real
 * in the lab.
 */
const FAKES: Readonly<Record<string, string>> = {
  rpm: 'shift 2; [ "$1" != -- ] || shift; [ -e "$DB/$1" ]',
  dnf: `case "$*" in
"-y install "*) shift 2; for p; do [ -e "$DB/$p" ] || echo 2 >"$DB/$p"; done ;;
"-y upgrade "*) shift 2; for p; do echo 2 >"$DB/$p"; done ;;
"-y remove "*) shift 2; for p; do rm "$DB/$p"; done ;;
"-q check-update "*) [ "$(cat "$DB/$3")" = 2 ] || exit 100 ;;
*) exit 9 ;; esac`,
  apk: `case "$*" in
"add -u "*) shift 2; for p; do echo 2 >"$DB/$p"; done ;;
"add "*) shift; for p; do [ -e "$DB/$p" ] || echo 2 >"$DB/$p"; done ;;
"del "*) shift; for p; do rm "$DB/$p"; done ;;
"info -e "*) [ -e "$DB/$3" ] ;;
"version -q -l < "*) [ "$(cat "$DB/$5")" = 2 ] || echo "$5" ;;
*) exit 9 ;; esac`,
  pacman: `case "$*" in
"-S --noconfirm --needed -- "*) shift 4; for p; do echo 2 >"$DB/$p"; done ;;
"-R --noconfirm -- "*) shift 3; for p; do rm "$DB/$p"; done ;;
"-Qq -- "*) [ -e "$DB/$3" ] ;;
"-Quq -- "*) [ "$(cat "$DB/$3")" != 2 ] ;;
*) exit 9 ;; esac`,
  brew: `case "$*" in
"install -- "*) shift 2; for p; do echo 2 >"$DB/$p"; done ;;
"upgrade -- "*) shift 2; for p; do echo 2 >"$DB/$p"; done ;;
"uninstall -- "*) shift 2; for p; do rm "$DB/$p"; done ;;
"list --versions -- "*) [ -e "$DB/$4" ] ;;
"outdated --quiet -- "*) [ "$(cat "$DB/$4")" = 2 ] || echo "$4" ;;
*) exit 9 ;; esac`,
};

function fake(dir: string): RunStepOptions & { readonly db: string } {
  const [bin, db] = [join(dir, "bin"), join(dir, "db")];
  for (const folder of [bin, db]) mkdirSync(folder);
  for (const [name, body] of Object.entries(FAKES)) {
    writeFileSync(join(bin, name), `#!/bin/sh\necho "${name} $*" >>'${dir}/calls'\nDB='${db}'\n${body}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  return { db, step: { env: { PATH: `${bin}:${process.env.PATH}` } } };
}

test.each(["dnf", "apk", "pacman", "brew"] as const)(
  "installs, upgrades and removes with %s",
  async (use) => {
    const dir = on.dir();
    const { db, ...options } = fake(dir);
    writeFileSync(join(db, "old"), "1\n");
    const calls = [
      { name: ["old", "new"], use },
      { name: ["old", "new"], use, state: "latest" },
      { name: ["old", "none"], use, state: "absent" },
    ] as const;
    const versions = (): string =>
      readdirSync(db)
        .map((name) => `${name} ${readFileSync(join(db, name), "utf8").trim()}`)
        .join(", ");
    const seen: string[] = [];
    for (const call of calls) {
      const before = versions();
      const dry = await on.run(dir, packages(call), { ...options, mode: "check" });
      expect([dry.error, dry.status, versions()]).toEqual([undefined, "changed", before]);
      const real = await on.run(dir, packages(call), options);
      expect([real.error, real.changes]).toEqual([undefined, dry.changes]);
      seen.push(versions());
      expect(await on.run(dir, packages(call), options)).toMatchObject({ status: "ok", roundTrips: 1 });
    }
    expect(seen).toEqual(["new 2, old 1", "new 2, old 2", "new 2"]);
  },
);

test("says which manager is missing; a dry run goes on, since one may come before it", async () => {
  const dir = on.dir();
  const missing = packages({ name: "git", use: "apk" });
  expect((await on.run(dir, missing, { mode: "check" })).message).toBe("packages: git ? → git present");
  const { error } = await on.run(dir, missing);
  expect(error).toBe(
    'cannot bring about "packages": there is no package manager on the host: looked for apk',
  );
});

test.runIf(existsSync("/usr/bin/apt-get"))("finds the host's own manager", async () => {
  expect((await on.run(on.dir(), packages({ name: ["dpkg"] }))).status).toBe("ok");
});

test.each(["", "-y", "a b", "git=1", "git;id", ["git", "$(id)"], []])("refuses the name %j", async (name) => {
  await expect(on.run(on.dir(), packages({ name }))).rejects.toThrow(/option "name/);
});
