import { beforeAll, expect, test } from "vitest";
import { onHost, onLab, runs, untilOnHost } from "./support/lab.ts";
import { type Login, Site } from "./support/site.ts";

interface Case extends Login {
  readonly flags?: readonly string[];
  readonly password?: string;
}

const CASES: Readonly<Record<string, Case>> = {
  "as root": { host: "timeout-root" },
  "with sudo": { host: "timeout-sudo", user: "admin", flags: ["-b"] },
  "with sudo without a pseudo-terminal": { host: "light-timeout", user: "tc", flags: ["-b"] },
  "with sudo and a password on Debian 13": {
    host: "trixie-timeout",
    user: "ops",
    flags: ["-b"],
    password: "ops-pw",
  },
  "as another user": { host: "light-other", user: "admin", flags: ["-b", "--become-user", "bb"] },
  "on BusyBox": { host: "tiny-timeout" },
};

onLab("a step that takes too long is ended on the host", () => {
  beforeAll(async () => {
    await onHost("light-timeout", "echo 'Defaults:tc !use_pty' >/etc/sudoers.d/pty");
  });

  test.concurrent.each(Object.entries(CASES).map(([name, login], index) => [name, login, index] as const))(
    "%s",
    async (_name, { flags = [], password, ...login }, index) => {
      const { host } = login;
      const seconds = 7000 + index;
      const late = `/tmp/late-${seconds}`;
      await using site = await Site.make({ [host]: login });
      const secret = password === undefined ? [] : await site.password(password);
      const cmd = `sleep ${seconds}; touch ${late}`;

      const run = await site.apply("one", ...flags, ...secret, "-e", `cmd=${cmd}`, "-e", "timeout=1s");

      expect(run.code, run.report).toBe(2);
      expect(run.result(host, "one").error).toMatch(/timed out after 1 s/);
      await untilOnHost(host, `! ${runs(`sleep ${seconds}`)}`);
      expect(await onHost(host, `ls ${late} 2>&1 || true`)).toMatch(/No such file/);
    },
  );
});
