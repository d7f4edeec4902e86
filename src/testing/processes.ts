import { readdirSync, readFileSync } from "node:fs";

/** The variable that marks every process of one test host, so that those which outlive their parent are found too. */
export const MARK = "RCM_TEST_HOST";

/**
 * Kills every process that carries a host's mark (unless empty) in its environment, the given ones, and all their descendants.
 * sshd gives each connection and each command a session of its own, so no process group holds them all.
 */
export function killAll(mark: string, roots: readonly number[]): void {
  // A process may fork while the list is being read: look again until nothing is left to kill.
  for (let pass = 0; pass < 10; pass++) {
    const pids = family(runningProcesses(), (pid) => roots.includes(pid) || hasMark(pid, mark));
    if (pids.filter(kill).length === 0) break;
  }
  for (const pid of roots) kill(-pid);
}

/** Kills the descendants of a process that go by a name; itself, and what they have started, live on. */
export function killDescendants(root: number, name: RegExp): void {
  const processes = runningProcesses();
  const below = new Set(family(processes, (pid) => pid === root));
  for (const process of processes) {
    if (process.pid !== root && below.has(process.pid) && name.test(process.name)) kill(process.pid);
  }
}

function family(processes: readonly Process[], isRoot: (pid: number) => boolean): readonly number[] {
  const pids = new Set(processes.map(({ pid }) => pid).filter(isRoot));
  let size = -1;
  while (size !== pids.size) {
    size = pids.size;
    for (const { pid, parent } of processes) if (pids.has(parent)) pids.add(pid);
  }
  return [...pids];
}

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
}

/** Those of Linux, zombies left out; elsewhere none, and only process groups are killed. */
function runningProcesses(): readonly Process[] {
  return listProc().flatMap((entry) => {
    // "pid (name) state ppid …": a name may hold spaces and brackets.
    const [, name, state, parent] = /^\d+ \((.*)\) (\S) (\d+)/s.exec(read(`/proc/${entry}/stat`)) ?? [];
    return name === undefined || state === "Z" ? [] : [{ pid: Number(entry), parent: Number(parent), name }];
  });
}

function listProc(): readonly string[] {
  try {
    return readdirSync("/proc").filter((entry) => /^\d+$/.test(entry));
  } catch {
    return [];
  }
}

function hasMark(pid: number, mark: string): boolean {
  return mark !== "" && read(`/proc/${pid}/environ`).split("\0").includes(`${MARK}=${mark}`);
}

function read(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}

function kill(pid: number): boolean {
  try {
    return process.kill(pid, "SIGKILL");
  } catch {
    return false;
  }
}
