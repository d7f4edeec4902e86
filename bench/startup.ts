/**
 * What rcm costs before it does anything, beside the least that Node and ssh2 cost in the same run.
 *
 *     npm run bench:startup -- [--runs 21]
 *
 * Prints medians and ratios. It needs OpenSSH's sshd and GNU time.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { opensshHost } from "../src/testing/index.ts";
import { measure } from "./measure.ts";

const { values } = parseArgs({ options: { runs: { type: "string", default: "21" } } });
const ROOT = fileURLToPath(new URL("..", import.meta.url));
const RCM = [process.execPath, join(ROOT, "bin/rcm.js")];

/** Logs in, and out again. */
const CONNECT = `
  const { Client } = require("ssh2");
  const [host, port, username, key] = process.argv.slice(1);
  const client = new Client();
  client.on("ready", () => client.end());
  client.on("error", (error) => { throw error; });
  client.connect({ host, port, username, privateKey: require("fs").readFileSync(key), hostVerifier: () => true });`;

const RUNBOOK = `import { runbook, z } from "rcm";
import { command, copy, file } from "rcm/modules";
export default runbook("small", { params: z.object({ text: z.string().default("hello") }) }, ({ host, params, step }) => {
  const dir = step("dir", file({ path: String(host.vars.dir) + "/small", state: "directory" }));
  const motd = step("motd", copy({ content: params.text + "\\n", dest: String(host.vars.dir) + "/small/motd" }));
  step("tell", command({ cmd: "true" }), { await: [dir, motd] });
});
`;

await using host = await opensshHost();
const dir = mkdtempSync(join(tmpdir(), "rcm-bench-"));
try {
  writeFileSync(join(dir, "small.ts"), RUNBOOK);
  const settings = {
    ansible_host: host.address,
    ansible_port: host.port,
    ansible_user: host.user,
    ansible_ssh_private_key_file: host.privateKey,
    dir: host.dir,
    rcm: { known_hosts: host.knownHosts },
  };
  writeFileSync(join(dir, "hosts.yaml"), JSON.stringify({ all: { hosts: { one: settings } } }));
  const inventory = ["-i", join(dir, "hosts.yaml")];
  const commands: Readonly<Record<string, readonly string[]>> = {
    "node -e 0": [process.execPath, "-e", "0"],
    "rcm --version": [...RCM, "--version"],
    "rcm __complete (static)": [...RCM, "__complete", "run", "all", "file", "state="],
    "rcm __complete (hosts)": [...RCM, "__complete", "exec", ...inventory, ""],
    "rcm completion bash": [...RCM, "completion", "bash"],
    "ssh2: connect": [
      process.execPath,
      "-e",
      CONNECT,
      host.address,
      String(host.port),
      host.user,
      host.privateKey,
    ],
    "rcm apply small.ts": [...RCM, "apply", join(dir, "small.ts"), ...inventory],
  };
  report(await measureInTurn(commands));
} finally {
  rmSync(dir, { recursive: true, force: true });
}

type Medians = ReadonlyMap<string, { readonly wall: number; readonly cpu: number }>;

/** All of them once to warm up, then in turn, so that what else the machine does meets them all. */
async function measureInTurn(commands: Readonly<Record<string, readonly string[]>>): Promise<Medians> {
  process.chdir(ROOT); // where ssh2 is found
  const costs = new Map(Object.keys(commands).map((name) => [name, { wall: [], cpu: [] } as Costs]));
  for (let i = 0; i <= Number(values.runs); i++) {
    for (const [name, command] of Object.entries(commands)) {
      const env = { XDG_CACHE_HOME: join(dir, "cache"), RCM_STATE_DIR: join(dir, "state") };
      const wall = await timeOf(command, env);
      const { cpu } = await measure(command, env, dir);
      if (i === 0) continue;
      costs.get(name)?.wall.push(wall);
      costs.get(name)?.cpu.push(cpu * 1000);
    }
  }
  return new Map([...costs].map(([name, { wall, cpu }]) => [name, { wall: median(wall), cpu: median(cpu) }]));
}

/** Milliseconds, without the shell and the program that `measure` starts around the command. */
async function timeOf(
  [program = "", ...args]: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<number> {
  const begun = performance.now();
  const child = spawn(program, args, { env: { ...process.env, ...env, SSH_AUTH_SOCK: "" }, stdio: "ignore" });
  const code = await new Promise((resolve) => child.once("exit", resolve));
  if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}`);
  return performance.now() - begun;
}

interface Costs {
  readonly wall: number[];
  readonly cpu: number[];
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;
}

function report(medians: Medians): void {
  const of = (name: string) => medians.get(name) ?? { wall: Number.NaN, cpu: Number.NaN };
  const least = of("node -e 0").wall;
  console.log(`Medians of ${values.runs} runs, Node ${process.version}\n`);
  console.log("| command | wall ms | of node -e 0 | CPU ms |\n| --- | ---: | ---: | ---: |");
  for (const [name, { wall, cpu }] of medians)
    console.log(`| ${name} | ${wall.toFixed(0)} | ${(wall / least).toFixed(2)} × | ${cpu.toFixed(0)} |`);
  const added = of("rcm apply small.ts").cpu - of("ssh2: connect").cpu;
  console.log(
    `\nApplying a small runbook adds ${added.toFixed(0)} ms of CPU to connecting (wanted: at most 150).`,
  );
}
