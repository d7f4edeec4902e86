import { execFileSync } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { hasSshd } from "../../src/testing/index.ts";

/** Debian asks this program whether a package may start its service. */
const POLICY = "/usr/sbin/policy-rc.d";

/** Before all tests: sees to it that there is an SSH server, and says which one the tests of the host tier talk to. */
export default function setup(): void {
  const isForced = process.env.RCM_TEST_SSHD === "embedded";
  if (!isForced && !hasSshd() && canInstall()) install();
  if (!isForced && !hasSshd() && process.env.CI)
    throw new Error("CI tests against OpenSSH, and there is no sshd: install openssh-server");
  console.log(`host tier: ${serverName(isForced)}`);
}

function canInstall(): boolean {
  return process.getuid?.() === 0 && existsSync("/usr/bin/apt-get");
}

function install(): void {
  console.log("there is no sshd: installing openssh-server with apt-get, without starting its service");
  const holdsBack = !existsSync(POLICY);
  if (holdsBack) writeFileSync(POLICY, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    aptGet("update");
    aptGet("install", "-y", "--no-install-recommends", "openssh-server");
  } catch (error) {
    console.log(`apt-get failed: ${(error as Error).message.split("\n")[0]}`);
  } finally {
    if (holdsBack) rmSync(POLICY, { force: true });
  }
}

function aptGet(...args: readonly string[]): void {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  execFileSync("apt-get", ["-qq", ...args], { env, stdio: ["ignore", "ignore", "inherit"] });
}

function serverName(isForced: boolean): string {
  if (isForced) return "the embedded SSH server (RCM_TEST_SSHD=embedded)";
  return hasSshd()
    ? "OpenSSH's sshd"
    : "the embedded SSH server: install openssh-server to test against the real one";
}
