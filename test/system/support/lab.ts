import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { describe, inject } from "vitest";
import type { HostName } from "./hosts.ts";
import { LAB, type Lab } from "./lab-facts.ts";

const lab = inject("lab");

/** `describe` for tests that need the lab: they are skipped where there is none. */
export const onLab = describe.skipIf(lab === null);

/** The lab's facts. */
export function theLab(): Lab {
  if (lab === null) throw new Error("there is no lab here");
  return lab;
}

/** Runs a command on a host as root, beside rcm; gives what it printed. It has a minute. */
export async function onHost(host: HostName, command: string): Promise<string> {
  const { stdout } = await execa("ssh", [...sshArguments(host), command], {
    stdin: "ignore",
    timeout: 60_000,
  });
  return stdout;
}

/** Waits until a command on a host succeeds. The host looks again, so that no login is made for each look. */
export async function untilOnHost(host: HostName, command: string): Promise<void> {
  await onHost(host, `until ${command}; do sleep 0.1; done`);
}

/** Arguments that make `ssh` log in to a host as root. */
export function sshArguments(host: HostName): readonly string[] {
  const { key, knownHosts, hosts } = theLab();
  const options = [
    "BatchMode=yes",
    "IdentitiesOnly=yes",
    "ConnectTimeout=10",
    "LogLevel=ERROR",
    `UserKnownHostsFile=${knownHosts}`,
    "KexAlgorithms=curve25519-sha256",
  ];
  return [
    "-F",
    "none",
    "-i",
    key,
    ...options.flatMap((option) => ["-o", option]),
    `root@${hosts[host].address}`,
  ];
}

/** Unplugs a host's network, or plugs it in again. */
export async function network(host: HostName, plug: "cut" | "heal"): Promise<void> {
  await execa(LAB, [plug, theLab().hosts[host].id], { env: theLab().env });
}

/** How often a host has booted. */
export function boots(host: HostName): number {
  const { knownHosts, hosts } = theLab();
  const log = readFileSync(join(dirname(knownHosts), `${hosts[host].id}.log`), "utf8");
  return log.split("\n").filter((line) => line.startsWith("--- boot ")).length;
}

/** The id of the host's present boot. */
export async function bootId(host: HostName): Promise<string> {
  return await onHost(host, "cat /proc/sys/kernel/random/boot_id");
}

/** Can one connect to the host's SSH server? */
export async function isListening(host: HostName): Promise<boolean> {
  const socket = connect({ host: theLab().hosts[host].address, port: 22, timeout: 500 });
  return await new Promise<boolean>((resolve) => {
    socket.once("connect", () => resolve(true));
    socket.once("timeout", () => resolve(false));
    socket.once("error", () => resolve(false));
  }).finally(() => socket.destroy());
}

/** A command that succeeds on a host while a program runs there with just these words. */
export function runs(words: string): string {
  const pattern = `[${words.slice(0, 1)}]${words.slice(1)} `; // it does not find itself
  return `cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' | grep -q "${pattern}"`;
}

/** What of ours lies in a host's /tmp. */
export async function leftovers(host: HostName): Promise<readonly string[]> {
  const names = (await onHost(host, "ls -A /tmp")).split("\n");
  return names.filter((name) => name !== "" && !/^(\.\w+-unix|systemd-private-.*)$/.test(name));
}

/** A hash of all that lies on a host's disk and is not its own log: names, owners, times, content. */
export async function filesOf(host: HostName): Promise<string> {
  const others = ["/proc", "/sys", "/run", "/tmp", "/var/log", "/var/lib/systemd"];
  const all = `find / -xdev ${others.map((path) => `-path ${path} -prune -o`).join(" ")}`;
  const facts = `${all} -printf '%p %m %U %G %T@ %l\\n' | LC_ALL=C sort; find /etc /home /srv /var/spool -xdev -type f -exec sha256sum {} +`;
  return await onHost(host, `{ ${facts}; } 2>/dev/null | sha256sum`);
}
