import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** What one run of a command cost. */
export interface Cost {
  /** Seconds. */
  readonly wall: number;
  /** Seconds of CPU, user and system, of the command and its children. */
  readonly cpu: number;
  /** MiB: the largest sum of what it and its children had resident; pages that they share count for each. */
  readonly memory: number;
}

/** Runs a command and measures it. */
export async function measure(
  command: readonly string[],
  env: Readonly<Record<string, string>>,
  dir: string,
): Promise<Cost> {
  const times = join(dir, "times");
  const script = 'command time -q -f "%e %U %S" -o "$0" "$@" >"$0.out" 2>&1';
  const begun = performance.now();
  const child = spawn("/bin/bash", ["-c", script, times, ...command], {
    env: { ...process.env, SSH_AUTH_SOCK: "", XDG_STATE_HOME: join(dir, "state"), ...env },
    stdio: "ignore",
  });
  let memory = 0;
  const timer = setInterval(() => {
    memory = Math.max(memory, familyMemory(child.pid ?? 0));
  }, 100);
  const code = await new Promise<number | null>((resolve) => child.once("exit", resolve));
  const wall = (performance.now() - begun) / 1000;
  clearInterval(timer);
  if (code !== 0) {
    const said = await readFile(`${times}.out`, "utf8");
    throw new Error(`${command.slice(0, 4).join(" ")} … ended with ${code}:\n${said.slice(-2000)}`);
  }
  const [, user = 0, system = 0] = (await readFile(times, "utf8")).trim().split(" ").map(Number);
  return { wall, cpu: user + system, memory };
}

/** Reads all at once: read bit by bit, the family would be another one at the end. */
function familyMemory(root: number): number {
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => {
      const status = textOf(`/proc/${name}/status`);
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

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // it has just ended
  }
}
