/**
 * `rcm exec all -- true` on 50 throw-away hosts, beside Ansible doing the same in the same run.
 *
 *     npm run bench
 *
 * Prints medians of wall time, CPU time and peak memory, and the ratio of each to rcm's.
 */
import { spawn, spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { opensshHost, type TestHost } from "../src/testing/index.ts";

const HOSTS = Number(process.env.HOSTS ?? 50);
const RUNS = Number(process.env.RUNS ?? 5);
const BIN = fileURLToPath(new URL("../bin/rcm.js", import.meta.url));

interface Cost {
  readonly wall: number;
  readonly cpu: number;
  readonly memory: number;
}

const hosts: TestHost[] = [];
for (let i = 0; i < HOSTS; i += 10)
  hosts.push(...(await Promise.all(Array.from({ length: Math.min(10, HOSTS - i) }, () => opensshHost()))));
const dir = await mkdtemp(join(tmpdir(), "rcm-bench-"));
try {
  await bench();
} finally {
  await Promise.all(hosts.map((host) => host.stop()));
  await rm(dir, { recursive: true });
}

async function bench(): Promise<void> {
  const inventory = join(dir, "hosts.yaml");
  await writeFile(inventory, inventoryText());
  const rcm = [process.execPath, BIN, "exec", "all", "-i", inventory, "-f", String(HOSTS), "--", "true"];
  const ansible = (module: string): string[] => [
    "ansible",
    "all",
    "-i",
    inventory,
    "-f",
    String(HOSTS),
    "-m",
    module,
    "-a",
    "true",
  ];
  const rows: Array<readonly [string, Cost]> = [["rcm exec", await median(rcm)]];
  if (spawnSync("ansible", ["--version"]).status === 0) {
    rows.push([
      "ansible -m command, pipelining",
      await median(ansible("command"), { ANSIBLE_PIPELINING: "1" }),
    ]);
    rows.push(["ansible -m raw", await median(ansible("raw"))]);
  } else console.log("ansible is not installed: it is left out");
  print(rows);
}

function inventoryText(): string {
  const entries = hosts.map(
    (host, i) =>
      `    h${i}: ${JSON.stringify({
        ansible_host: host.address,
        ansible_port: host.port,
        ansible_user: host.user,
        ansible_ssh_private_key_file: host.privateKey,
        ansible_python_interpreter: "/usr/bin/python3",
        ansible_ssh_common_args: `-o UserKnownHostsFile=${host.knownHosts}`,
      })}\n`,
  );
  return `all:\n  hosts:\n${entries.join("")}`;
}

async function median(command: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Cost> {
  const costs: Cost[] = [];
  for (let i = 0; i <= RUNS; i++) {
    const cost = await measure(command, env);
    if (i > 0) costs.push(cost); // the first one warms up
  }
  const middle = (pick: (cost: Cost) => number): number =>
    costs.map(pick).sort((a, b) => a - b)[Math.floor(costs.length / 2)] ?? 0;
  return {
    wall: middle((cost) => cost.wall),
    cpu: middle((cost) => cost.cpu),
    memory: middle((cost) => cost.memory),
  };
}

/** Runs a command; memory is the largest sum of what it and its children have resident, looked at every 100 ms: pages that they share count for each. */
async function measure(command: readonly string[], env: Readonly<Record<string, string>>): Promise<Cost> {
  const times = join(dir, "times");
  const script = 'command time -q -f "%e %U %S" -o "$0" "$@" >/dev/null 2>&1';
  const child = spawn("/bin/bash", ["-c", script, times, ...command], {
    env: { ...process.env, SSH_AUTH_SOCK: "", ANSIBLE_HOST_KEY_CHECKING: "True", ...env },
  });
  let memory = 0;
  const timer = setInterval(() => {
    memory = Math.max(memory, familyMemory(child.pid ?? 0));
  }, 100);
  const code = await new Promise<number | null>((resolve) => child.once("exit", resolve));
  clearInterval(timer);
  if (code !== 0) throw new Error(`${command.slice(0, 4).join(" ")} … ended with ${code}`);
  const [wall = 0, user = 0, system = 0] = (await readFile(times, "utf8")).trim().split(" ").map(Number);
  return { wall, cpu: user + system, memory };
}

/** Reads all at once: read bit by bit, the family would be another one at the end. */
function familyMemory(root: number): number {
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => {
      const status = text(`/proc/${name}/status`);
      const field = (key: string): number =>
        Number(new RegExp(`^${key}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0);
      return { pid: Number(name), parent: field("PPid"), memory: field("VmRSS") };
    });
  const family = new Set([root]);
  for (let size = 0; size < family.size; ) {
    size = family.size;
    for (const { pid, parent } of all) if (family.has(parent)) family.add(pid);
  }
  return all.reduce((sum, { pid, memory }) => sum + (family.has(pid) ? memory : 0), 0) / 1024;
}

function text(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // it has just ended
  }
}

function print(rows: ReadonlyArray<readonly [string, Cost]>): void {
  const base = rows[0]?.[1] as Cost;
  console.log(`\n${HOSTS} hosts on the loopback, medians of ${RUNS} runs\n`);
  console.log("| | wall s | × | CPU s | × | peak memory MiB | × |\n|---|---|---|---|---|---|---|");
  for (const [name, { wall, cpu, memory }] of rows) {
    const ratio = (value: number, of: number): string => (value / of).toFixed(1);
    console.log(
      `| ${name} | ${wall.toFixed(2)} | ${ratio(wall, base.wall)} | ${cpu.toFixed(2)} | ${ratio(cpu, base.cpu)} | ${memory.toFixed(0)} | ${ratio(memory, base.memory)} |`,
    );
  }
}
