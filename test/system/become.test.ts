import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { beforeAll, expect, test } from "vitest";
import { leftovers, onHost, onLab } from "./support/lab.ts";
import { type Run, Site } from "./support/site.ts";

onLab("become", () => {
  beforeAll(async () => {
    await onHost("become", "echo 'Defaults:mk requiretty' >/etc/sudoers.d/tty");
    await onHost("become", "echo 'Defaults:tc !use_pty' >/etc/sudoers.d/pty");
  });

  test.each([
    { user: "admin", how: "without a password" },
    { user: "ops", how: "with a password, on a pseudo-terminal of sudo's", password: "ops-pw" },
    { user: "tc", how: "without a pseudo-terminal", password: "not needed" },
  ])("by sudo $how", async ({ user, password }) => {
    const run = await idAs(user, password);
    expect(run.code, run.report).toBe(0);
    expect(run.result("host", "one").output).toBe("root\n");
  });

  test.each([
    { user: "ops", password: "wrong-pw", error: /sudo did not accept the password/ },
    { user: "ops", error: /sudo needs a password.*--ask-become-pass/ },
    { user: "dev", password: "dev-pw", error: /sudo does not allow it to this user.*sudoers/ },
    { user: "mk", error: /sudo wants a terminal.*requiretty/ },
    { user: "mk", password: "mk-pw", error: /sudo wants a terminal.*requiretty/ },
  ])("$user with the password $password: $error", async ({ user, password, error }) => {
    const run = await idAs(user, password);
    expect(run.code, run.report).toBe(2);
    expect(run.result("host", "one").error).toMatch(error);
  });

  test("no sudo on the host", async () => {
    await using site = await Site.make({ host: { host: "tiny-become", user: "dev" } });
    const run = await site.apply("one", "-b");
    expect(run.code, run.report).toBe(2);
    expect(run.result("host", "one").error).toMatch(/there is no sudo on the host/);
  });

  test("a wrong password is tried once, however many steps want it", async () => {
    const since = await onHost("become", "date +%s");
    await using site = await Site.make({ host: { host: "become", user: "ops" } });
    const run = await site.apply("several", "-b", ...(await site.password("quite-wrong")));
    expect(run.code, run.report).toBe(2);
    for (const step of ["a", "e"])
      expect(run.result("host", step).error).toMatch(/did not accept the password/);
    expect(await failedLogins(since)).toBe(1);
  });

  test("as another unprivileged user, who owns what is made", async () => {
    await using site = await Site.make({ host: { host: "become", user: "admin" } });
    const big = site.work.path("big");
    await writeFile(big, randomBytes(5 * 1024 * 1024));
    const root = "/home/bb/owned";
    const run = await site.apply(
      "owned",
      "-b",
      "--become-user",
      "bb",
      "-e",
      `big=${big}`,
      "-e",
      `root=${root}`,
    );
    expect(run.code, run.report).toBe(0);
    expect(
      await onHost("become", `stat -c '%U %n' ${root} ${root}/*; cat ${root}/who; stat -c %s ${root}/big`),
    ).toBe(
      `${[root, `${root}/big`, `${root}/text`, `${root}/who`].map((path) => `bb ${path}`).join("\n")}\nbb\n5242880`,
    );
    expect(await leftovers("become")).toEqual([]);
  });
});

/** `id -un` as root, by way of this account. */
async function idAs(user: string, password: string | undefined): Promise<Run> {
  await using site = await Site.make({ host: { host: "become", user } });
  return await site.apply("one", "-b", ...(password === undefined ? [] : await site.password(password)));
}

/** How many passwords sudo has refused since then. */
async function failedLogins(since: string): Promise<number> {
  const log = await onHost("become", `journalctl --since @${since} _COMM=sudo --output=cat`);
  return log.split("\n").filter((line) => line.includes("authentication failure")).length;
}
