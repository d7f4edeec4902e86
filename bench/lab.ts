import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("../test/lab/lab.sh", import.meta.url));
const ENV = {
  RCM_LAB_NAME: "rcmbench",
  RCM_LAB_NET: "10.198",
  RCM_LAB_PKGS: "python3-minimal,python3-apt", // Ansible needs it on the hosts; nobody else does
  ...process.env,
};

/** Real OpenSSH hosts in network namespaces, all at the same round-trip time. */
export interface Lab extends Disposable {
  readonly rtt: number;
  readonly hosts: readonly Host[];
  readonly key: string;
  readonly knownHosts: string;
  readonly sshConfig: string;
  /** A folder on this side for what the tools are given. */
  readonly dir: string;
  /** Runs a command on a host, beside what is measured. */
  onHost(host: Host, command: string): string;
}

/** One of them. */
export interface Host {
  readonly name: string;
  readonly address: string;
}

/** Starts the hosts; the end of the block stops them. */
export function startLab(count: number, rtt: number): Lab {
  const lab = (...args: string[]): string =>
    execFileSync("bash", [SCRIPT, ...args], {
      env: ENV,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
  const text = lab("up", String(count), "--light", ...(rtt > 0 ? ["--rtt", String(rtt)] : []));
  const one = (pattern: RegExp): string => pattern.exec(text)?.[1] ?? "";
  const sshConfig = one(/ssh_config: (\S+)/);
  const hosts = [...text.matchAll(/^ {2}(h\d+):\n {4}host: (\S+)/gm)].map(([, name = "", address = ""]) => ({
    name,
    address,
  }));
  const dir = mkdtempSync(join(tmpdir(), "rcm-bench-"));
  const made = { rtt, hosts, key: one(/key: (\S+)/), knownHosts: one(/known_hosts: (\S+)/), sshConfig, dir };
  writeFileSync(join(dir, "hosts.yaml"), inventory(made));
  return {
    ...made,
    onHost: (host, command) =>
      execFileSync("ssh", ["-F", sshConfig, "-o", "KexAlgorithms=curve25519-sha256", host.name, command], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      }),
    [Symbol.dispose]: () => {
      lab("down");
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** One inventory for rcm and for Ansible; w1, w20, w50 … are its first hosts. */
function inventory({ hosts, key, knownHosts }: Pick<Lab, "hosts" | "key" | "knownHosts">): string {
  const vars = {
    ansible_user: "root",
    ansible_ssh_private_key_file: key,
    ansible_python_interpreter: "/usr/bin/python3",
    ansible_ssh_common_args: `-o UserKnownHostsFile=${knownHosts}`,
  };
  const line = ({ name, address }: Host): string => `    ${name}: {ansible_host: ${address}}`;
  const group = (size: number): string =>
    `    w${size}:\n      hosts: {${hosts
      .slice(0, size)
      .map(({ name }) => `${name}: {}`)
      .join(", ")}}`;
  const sizes = [1, 20, 50, 200].filter((size) => size <= hosts.length);
  return `all:\n  vars: ${JSON.stringify(vars)}\n  hosts:\n${hosts
    .map((host) => line(host))
    .join("\n")
    .replaceAll(/^ {4}/gm, "    ")}\n  children:\n${sizes.map(group).join("\n")}\n`;
}
