/**
 * Many hosts from one process: wall and CPU time, memory, and how long the event loop was kept from anything else.
 *
 *     jiti bench/scale.ts [--hosts 50,200,1000] [--steps 20] [--format plain] [--node=--cpu-prof]
 *     jiti bench/scale.ts --sshd [--steps 100,1000,10000]
 *
 * The hosts are a fleet of embedded servers in a second process, or with `--sshd` one OpenSSH server. What runs on them
 * is real, so on a small machine their shells take most of the time.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { opensshHost } from "../src/testing/index.ts";
import type { FleetCard } from "./fleet.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const { values } = parseArgs({
  options: {
    hosts: { type: "string", default: "50,200,1000" },
    sshd: { type: "boolean", default: false },
    steps: { type: "string", default: "20" },
    format: { type: "string", default: "plain" },
    node: { type: "string", multiple: true, default: [] },
    rcm: { type: "string", multiple: true, default: [] },
  },
});

for (const steps of values.steps.split(",").map(Number)) {
  for (const count of values.sshd ? [1] : values.hosts.split(",").map(Number)) await measure(count, steps);
}

/** A first run, which changes everything, and a second one, which changes nothing. */
async function measure(count: number, steps: number): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), "rcm-scale-"));
  const { card, stop } = values.sshd ? await startSshd() : await startFleet(count);
  writeFileSync(join(dir, "hosts.yaml"), inventory(card));
  writeFileSync(join(dir, "site.ts"), runbook(steps));
  for (const run of ["first", "again"])
    console.log(`${count} hosts × ${steps} steps, ${run}: ${JSON.stringify(await apply(dir))}`);
  await stop();
  rmSync(dir, { recursive: true, force: true });
}

interface Hosts {
  readonly card: FleetCard;
  stop(): Promise<unknown>;
}

async function startSshd(): Promise<Hosts> {
  const host = await opensshHost();
  const { port, user, privateKey, knownHosts, address, dir } = host;
  const hosts = [{ name: "host0", address, dir }];
  return { card: { port, user, privateKey, knownHosts, hosts }, stop: () => host.stop() };
}

async function startFleet(count: number): Promise<Hosts> {
  const jiti = here("../node_modules/jiti/lib/jiti-cli.mjs");
  const fleet = spawn(process.execPath, [jiti, here("fleet.ts"), String(count)], {
    stdio: ["pipe", "pipe", "inherit"],
    detached: true, // a session of its own, so that its low priority counts
  });
  await writeFile(`/proc/${fleet.pid}/autogroup`, "19").catch(() => undefined); // elsewhere priority is enough
  const [line] = (await once(createInterface(fleet.stdout), "line")) as [string];
  const stop = async (): Promise<unknown> => {
    fleet.stdin?.end();
    return await once(fleet, "exit");
  };
  return { card: JSON.parse(line) as FleetCard, stop };
}

function inventory({ port, user, privateKey, knownHosts, hosts }: FleetCard): string {
  const vars = {
    ansible_port: port,
    ansible_user: user,
    ansible_ssh_private_key_file: privateKey,
    ansible_ssh_common_args: `-o UserKnownHostsFile=${knownHosts}`,
  };
  const lines = hosts.map(({ name, address, dir }) => `    ${name}: {ansible_host: ${address}, dir: ${dir}}`);
  return `all:\n  vars: ${JSON.stringify(vars)}\n  hosts:\n${lines.join("\n")}\n`;
}

/** Of 20 steps 7 write a file, 7 edit a line, 6 run a command. */
function runbook(steps: number): string {
  return `import { runbook } from "rcm";
import { command, copy, lineinfile } from "rcm/modules";

export default runbook("scale", { hosts: "all" }, ({ host, step }) => {
  for (let i = 0; i < ${steps}; i++) {
    const kind = i % 20;
    if (kind < 7) step("file" + i, copy({ dest: host.vars.dir + "/file" + i, content: ("content of file " + i + "\\n").repeat(20), mode: "0644" }));
    else if (kind < 14) step("line" + i, lineinfile({ path: host.vars.dir + "/lines" + (i / 20 | 0), line: "line " + i, create: true }));
    else step("true" + i, command({ cmd: "true", changedWhen: false }));
  }
});
`;
}

interface Figures {
  readonly wall: number;
  readonly cpu: number;
  readonly memory: number;
  readonly delayP50: number;
  readonly delayP99: number;
  readonly delayMax: number;
}

async function apply(dir: string): Promise<Figures> {
  const probe = join(dir, "probe.json");
  const words = ["apply", "site.ts", "-i", "hosts.yaml", "--format", values.format, ...values.rcm];
  const rcm = spawn(
    process.execPath,
    [...values.node, "--import", here("scale-probe.mjs"), here("../bin/rcm.js"), ...words],
    {
      cwd: dir,
      env: { ...process.env, SSH_AUTH_SOCK: "", XDG_STATE_HOME: join(dir, "state"), RCM_PROBE: probe },
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  let said = "";
  rcm.stdout.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-4000);
  });
  const [code] = (await once(rcm, "close")) as [number | null];
  if (code !== 0) throw new Error(`rcm ended with ${code}:\n${said}`);
  const figures = JSON.parse(readFileSync(probe, "utf8")) as Figures;
  return Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [name, Math.round(value * 100) / 100]),
  ) as unknown as Figures;
}
