import { readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sshHost, type TestHost } from "../../src/testing/index.ts";
import { Workplace } from "../support/rcm.ts";

let hosts: readonly TestHost[];
beforeAll(async () => {
  hosts = await Promise.all(Array.from({ length: 20 }, () => sshHost()));
});
afterAll(() => Promise.all(hosts.map((host) => host.stop())));

const first = (): TestHost => hosts[0] as TestHost;
const AUTHENTICATION = /Accepted|Failed|userauth|auth attempt|authenticat(?:ed|ion) (?:of|attempt)/i;

test("an unknown key is refused with its fingerprint, before any login", async () => {
  await using work = await Workplace.make();
  const known = await work.write("known", "");
  await work.inventory({ one: first() }, { rcm: { known_hosts: known } });
  const before = first().log().length;
  const { code, stdout } = await work.rcm(["exec", "all", "-i", "hosts.yaml", "--", "true"]);
  expect(code).toBe(4);
  expect(stdout).toMatch(/The host key of \[127\.0\.0\.1\]:\d+ is not known: SHA256:[A-Za-z0-9+/]{43}/);
  expect(stdout).toContain("--host-key-checking accept-new");
  expect(first().log().slice(before)).not.toMatch(AUTHENTICATION);
});

test("a wrong key is refused with both fingerprints, before any login, whatever the policy but off", async () => {
  await using work = await Workplace.make();
  const other = await readFile((hosts[1] as TestHost).knownHosts, "utf8");
  const [, type, key] = other.trim().split(" ");
  const known = await work.write("known", `[127.0.0.1]:${first().port} ${type} ${key}\n`);
  await work.inventory({ one: first() }, { rcm: { known_hosts: known } });
  for (const policy of ["strict", "accept-new"]) {
    const before = first().log().length;
    const { code, stdout } = await work.rcm([
      "exec",
      "all",
      "-i",
      "hosts.yaml",
      "--host-key-checking",
      policy,
      "--",
      "true",
    ]);
    expect(code).toBe(4);
    expect(stdout.match(/SHA256:[A-Za-z0-9+/]{43}/g)).toHaveLength(2);
    expect(stdout).toContain("ssh-keygen -R");
    expect(first().log().slice(before)).not.toMatch(AUTHENTICATION);
  }
  expect(
    (await work.rcm(["exec", "all", "-i", "hosts.yaml", "--host-key-checking", "off", "--", "true"])).code,
  ).toBe(0);
});

test("accept-new adds each key once, also with twenty hosts at once, and then they are known", async () => {
  await using work = await Workplace.make();
  const known = await work.write("known", "");
  await work.inventory(Object.fromEntries(hosts.map((host, i) => [`h${i}`, host])), {
    rcm: { known_hosts: known },
  });
  const args = ["exec", "all", "-i", "hosts.yaml", "--host-key-checking", "accept-new", "--", "true"];
  const [one, two] = await Promise.all([work.rcm(args), work.rcm(args)]);
  expect([one.code, two.code]).toEqual([0, 0]);
  const lines = (await readFile(known, "utf8")).trim().split("\n");
  expect(lines).toHaveLength(20);
  expect(new Set(lines.map((line) => line.split(" ")[0])).size).toBe(20);
  expect((await work.rcm(["exec", "all", "-i", "hosts.yaml", "--", "true"])).code).toBe(0);
});

test("a key that the host refuses is told with what was tried", async () => {
  await using work = await Workplace.make();
  await work.inventory({ one: first() }, { ansible_ssh_private_key_file: (hosts[1] as TestHost).privateKey });
  const { code, stdout } = await work.rcm(["exec", "all", "-i", "hosts.yaml", "--", "true"]);
  expect(code).toBe(4);
  expect(stdout).toContain(`Cannot log in to 127.0.0.1 as "${first().user}"`);
  await writeFile(work.path("no-key"), "not a key", { mode: 0o600 });
  await work.inventory({ one: first() }, { ansible_ssh_private_key_file: work.path("no-key") });
  const bad = await work.rcm(["exec", "all", "-i", "hosts.yaml", "--", "true"]);
  expect(bad.code).toBe(1);
  expect(bad.stderr).toContain("no-key");
});
