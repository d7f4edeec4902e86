import { execFileSync } from "node:child_process";
import { hostname as ownName } from "node:os";
import { expect, test } from "vitest";
import { hostname } from "../../modules/index.ts";
import { localSide } from "../../src/module/local-side.ts";
import { NO_CONTEXT } from "./no-context.ts";
import { stage } from "./stage.ts";

const on = stage();

test("the script sets both names, with systemd and without", async () => {
  const { persistent, running } = await hostname.definition.properties!(
    { name: "web-1.example.com" },
    localSide("/"),
    NO_CONTEXT,
  );
  expect(persistent).toMatchObject({ want: "web-1.example.com" });
  expect(String(persistent!.apply)).toBe(
    "if [ -d /run/systemd/system ]; then hostnamectl set-hostname 'web-1.example.com'; else printf '%s\n' 'web-1.example.com' >/etc/hostname; fi",
  );
  expect(String(running!.probe)).toBe("uname -n");
  expect(String(running!.apply)).toContain("hostname 'web-1.example.com'");
});

test("a dry run shows the change and makes none", async () => {
  const name = ownName();
  const { status, changes } = await on.run(on.dir(), hostname({ name: "rcm-test" }), { mode: "check" });
  expect(status).toBe("changed");
  expect(changes).toContainEqual({ property: "running", was: name, want: "rcm-test", text: false });
  expect(execFileSync("uname", ["-n"], { encoding: "utf8" }).trim()).toBe(name);
});

test.each(["", "-a", "a-", ".a", "a b", "a\n", "a_b", "$(id)", "x".repeat(65), "é"])(
  "refuses %j",
  async (name) => {
    await expect(on.run(on.dir(), hostname({ name }))).rejects.toThrow(/option "name"/);
  },
);
