import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync } from "node:fs";
import type { HostLog } from "./host-log.ts";
import { killAll, killDescendants } from "./processes.ts";

const SSHD_PATHS = ["/usr/sbin/sshd", "/usr/local/sbin/sshd", "/usr/bin/sshd", "/opt/homebrew/sbin/sshd"];

/** Where this machine has OpenSSH's server, if it has. */
export function sshdPath(): string | undefined {
  return SSHD_PATHS.find((path) => existsSync(path));
}

/** A running sshd. */
export interface Sshd {
  readonly pid: number;
  /** Kills the processes that hold connections; what they run goes on, as it does when a line is lost. */
  dropConnections(): void;
  /** Kills it, its connections, and all that carries the mark. */
  end(mark: string): Promise<void>;
}

/** Starts sshd and waits until it listens; undefined when it ended instead, and the log says why. */
export async function startSshd(path: string, conf: string, log: HostLog): Promise<Sshd | undefined> {
  const child = spawnSshd(path, conf);
  const before = log.text.length;
  child.stderr?.setEncoding("utf8").on("data", (text: string) => log.add(text));
  const closed = new Promise<undefined>((resolve) => {
    child.once("close", () => resolve(undefined));
    child.once("error", () => resolve(undefined));
  });
  // What stands beside a dead sshd would keep its pipes open.
  child.once("exit", () => killAll("", pidsOf(child)));
  const started = await Promise.race([
    log.seen(/Server listening on /, before).then(() => child.pid),
    closed,
  ]);
  if (started === undefined) return undefined;
  letGo(child);
  return {
    pid: started,
    dropConnections: () => killDescendants(started, /^sshd/),
    end: (mark) => end(child, mark),
  };
}

/**
 * Beside sshd stands a shell that kills it when the pipe on descriptor 3 closes: that happens when this process
 * ends in whatever way, also by `kill -9`, so that no sshd is ever left behind.
 */
const WATCHED = '{ cat <&3; kill -9 -$$; } >/dev/null 2>&1 & exec "$@" 3<&-';

function spawnSshd(path: string, conf: string): ChildProcess {
  // As root, sshd insists on this directory, which packages make at boot.
  if (process.getuid?.() === 0) mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
  return spawn("/bin/sh", ["-c", WATCHED, "sh", path, "-D", "-e", "-f", conf], {
    detached: true,
    stdio: ["ignore", "ignore", "pipe", "pipe"],
  });
}

/** A host that was forgotten does not keep its process alive. */
function letGo(child: ChildProcess): void {
  child.unref();
  for (const stream of child.stdio) (stream as { unref?(): void } | null)?.unref?.();
}

async function end(child: ChildProcess, mark: string): Promise<void> {
  const running = child.exitCode === null && child.signalCode === null;
  const ended = running ? once(child, "exit") : undefined;
  child.ref();
  killAll(mark, pidsOf(child));
  await ended;
}

function pidsOf({ pid }: ChildProcess): readonly number[] {
  return pid === undefined ? [] : [pid];
}
