import { execFileSync, spawn } from "node:child_process";
import { copyFileSync, existsSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { embeddedHost, hasSshd, opensshHost, sshHost, type TestHost } from "../../src/testing/index.ts";
import { Workplace } from "../support/rcm.ts";

let host: TestHost;
let work: Workplace;
beforeAll(async () => {
  host = await sshHost();
  work = await Workplace.make();
});
afterAll(async () => {
  await host.stop();
  await work[Symbol.asyncDispose]();
});

const BIN = new URL("../../bin/rcm.js", import.meta.url).pathname;
const EXEC = ["exec", "all", "-i", "hosts.yaml", "--", "echo", "in"];

/** A copy of the host's key, with a passphrase. */
function encryptedKey(): string {
  const path = work.path("encrypted");
  if (!existsSync(path)) {
    copyFileSync(host.privateKey, path);
    execFileSync("ssh-keygen", ["-q", "-p", "-P", "", "-N", "open sesame", "-f", path]);
  }
  return path;
}

test("an encrypted key that nobody can be asked about is refused before any connection", async () => {
  await work.inventory({ host }, { ansible_ssh_private_key_file: encryptedKey() });
  const { code, stderr } = await work.rcm(EXEC);
  expect(stderr).toMatch(/encrypted.*passphrase|passphrase/);
  expect(code).toBe(1);
});

test("what is refused before any connection leaves no run behind", async () => {
  await work.inventory({ host }, { ansible_ssh_private_key_file: encryptedKey() });
  await work.write(
    "one.ts",
    `import { runbook } from "rcm";
import { command } from "rcm/modules";
export default runbook("one", {}, ({ step }) => void step("a", command({ cmd: "true" })));`,
  );
  expect((await work.rcm(["apply", "one.ts", "-i", "hosts.yaml"])).code).toBe(1);
  expect((await work.rcm(["runs"])).stdout).toBe("no runs yet\n");
  const both = await work.rcm(["apply", "one.ts", "-i", "hosts.yaml", "--resume", "--check"]);
  expect([both.code, both.stderr]).toEqual([1, expect.stringContaining("exclude each other")]);
});

test("on a terminal its passphrase is asked for once, up front, and never shown", async () => {
  await work.inventory({ host, again: host }, { ansible_ssh_private_key_file: encryptedKey() });
  const env = { ...process.env, CI: undefined, SSH_AUTH_SOCK: "", RCM_STATE_DIR: work.state, TERM: "xterm" };
  const child = spawn("script", ["-qec", `${process.execPath} ${BIN} ${EXEC.join(" ")}`, "/dev/null"], {
    cwd: work.dir,
    env: env as NodeJS.ProcessEnv,
  });
  let screen = "";
  child.stdout.on("data", (chunk: Buffer) => {
    screen += chunk.toString();
    if (screen.endsWith(": ") && screen.includes("Passphrase of")) child.stdin.write("open sesame\r");
  });
  const code = await new Promise((resolve) => child.once("close", resolve));
  expect(screen.match(/Passphrase of/g)).toHaveLength(1);
  expect(screen).not.toContain("sesame");
  expect(screen.match(/CHANGED \| rc=0/g)).toHaveLength(2);
  expect(code).toBe(0);
});

test("an agent's key is used", async () => {
  const socket = work.path("agent");
  const agent = spawn("ssh-agent", ["-D", "-a", socket], { stdio: ["ignore", "pipe", "ignore"] });
  try {
    await new Promise((resolve) => agent.stdout.once("data", resolve));
    execFileSync("ssh-add", ["-q", host.privateKey], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
    const settings = {
      ansible_host: host.address,
      ansible_port: host.port,
      ansible_user: host.user,
      rcm: { known_hosts: host.knownHosts },
    };
    await work.write("hosts.yaml", `all: {hosts: {host: ${JSON.stringify(settings)}}}\n`);
    const { code, stdout } = await work.rcm(EXEC, { SSH_AUTH_SOCK: socket, HOME: work.dir });
    expect(stdout).toContain("in\n");
    expect(code).toBe(0);
  } finally {
    agent.kill();
  }
});

test("a password comes from a file, and is tried once", async () => {
  await using other = await embeddedHost({ password: "pass word'" });
  const settings = {
    ansible_host: other.address,
    ansible_port: other.port,
    ansible_user: other.user,
    rcm: { known_hosts: other.knownHosts },
  };
  await work.write("hosts.yaml", `all: {hosts: {host: ${JSON.stringify(settings)}}}\n`);
  await work.write("pass", "pass word'\n");
  expect(
    (
      await work.rcm(["exec", "all", "-i", "hosts.yaml", "--pass-file", "pass", "--", "true"], {
        HOME: work.dir,
      })
    ).code,
  ).toBe(0);
  await work.write("pass", "wrong\n");
  const wrong = await work.rcm(["exec", "all", "-i", "hosts.yaml", "--pass-file", "pass", "--", "true"], {
    HOME: work.dir,
  });
  expect(wrong.code).toBe(4);
  expect(wrong.stdout).toContain("the host accepts none of the password");
});

test.runIf(hasSshd())(
  "a server that allows few channels is served with fewer, down to one, and time-outs still end processes",
  async () => {
    for (const sessions of ["1", "2"]) {
      await using few = await opensshHost({ sshdOptions: { MaxSessions: sessions } });
      await work.inventory({ few });
      await work.write(
        "few.ts",
        `import { runbook } from "rcm";
import { command, copy } from "rcm/modules";
export default runbook("few", {}, ({ step, host }) => {
  const dir = String(host.vars.dir);
  const all = Array.from({ length: 6 }, (_, i) => step("s" + i, command({ cmd: "echo " + i }), { await: [] }));
  step("slow", command({ cmd: "sleep 33.1; touch " + dir + "/late" }), { await: all, timeout: "1s", ignoreErrors: true });
  step("after", command({ cmd: "if pgrep -f 'sleep 33[.]1'; then exit 1; fi" }));
});`,
      );
      const { code, stdout } = await work.rcm(["apply", "few.ts", "-i", "hosts.yaml"]);
      expect(stdout).toMatch(/1 host: 8 ok/);
      expect(code).toBe(0);
    }
  },
);
