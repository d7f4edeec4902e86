import { createHash, randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { leftovers, onHost, onLab } from "./support/lab.ts";
import { type Login, Site } from "./support/site.ts";

const STEPS = ["folder", "text", "big", "line", "link", "command", "bash"];
const ACCOUNTS = ["admin", "dev", "mk", "tc", "bb", "fi"];
const SHELLS = ["/bin/dash", "/bin/bash", "/opt/bb/sh", "/bin/mksh"];

onLab("whatever shell is there", () => {
  test.concurrent("login shells: bash, dash, mksh, tcsh, BusyBox ash, fish", async () => {
    await twice(
      Object.fromEntries(
        ACCOUNTS.map((user) => [
          user,
          { host: "shells-login", user, vars: { root: `/home/${user}/work` } } as const,
        ]),
      ),
    );
  });

  test.concurrent("login shells, with sudo", async () => {
    const accounts = ACCOUNTS.filter((user) => user !== "dev");
    await twice(
      Object.fromEntries(
        accounts.map((user) => [
          user,
          { host: "shells-sudo", user, vars: { root: `/srv/sudo-${user}` } } as const,
        ]),
      ),
      "-b",
    );
  });

  test.concurrent("the session's own shell: dash, bash, BusyBox ash, mksh", async () => {
    const logins = SHELLS.map((shell) => {
      const name = shell.replaceAll("/", "-").slice(1);
      return [
        name,
        { host: "shells-session", user: "admin", vars: { rcm: { shell }, root: `/srv/shell-${name}` } },
      ] as const;
    });
    await twice(Object.fromEntries(logins), "-b");
  });

  test.concurrent("BusyBox and dropbear: no bash, no SFTP", async () => {
    await twice({ tiny: { host: "tiny-shells", vars: { root: "/var/lib/work" } } });
  });
});

/** The first run changes everything, the second one nothing, and the big file arrives whole. */
async function twice(logins: Readonly<Record<string, Login>>, ...flags: readonly string[]): Promise<void> {
  await using site = await Site.make(logins);
  const bytes = randomBytes(5 * 1024 * 1024);
  await writeFile(site.work.path("big"), bytes);
  const all = [...flags, "-e", `big=${site.work.path("big")}`];

  const first = await site.apply("files", ...all);
  expect(first.code, first.report).toBe(0);
  const names = Object.keys(logins);
  const everything = names.flatMap((name) => STEPS.map((step) => `${name} ${step}`));
  expect([...first.changed].sort()).toEqual(everything.sort());
  const second = await site.apply("files", ...all);
  expect(second.code, second.report).toBe(0);
  expect(second.changed).toEqual([]);

  const wanted = createHash("sha256").update(bytes).digest("hex");
  for (const { host, vars } of Object.values(logins)) {
    const seen = await onHost(
      host,
      `cd ${vars?.root}; sha256sum <big; cat link line said; stat -c %a . text`,
    );
    expect(seen).toBe(`${wanted}  -\nit's $HOME, "quoted"\none more 'line'\nhello there\n750\n640`);
    expect(await leftovers(host)).toEqual([]);
  }
}
