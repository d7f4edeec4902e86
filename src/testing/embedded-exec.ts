import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import type ssh2 from "ssh2";
import { type Fault, type Outlet, outlet } from "./embedded-outlet.ts";

/** A command that a client of an embedded host asked for. */
export interface Command {
  /** The command line; undefined for the shell itself, fed by its input. */
  readonly line: string | undefined;
  readonly shell: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly fault: Fault | undefined;
  readonly channel: ssh2.ServerChannel;
  readonly session: ssh2.Session;
  drop(): void;
}

/**
 * Runs a command between the two ends of a channel, in a process group of its own. The returned function is for
 * when the line is gone: like sshd, it closes the command's pipes, and kills nothing.
 */
export function runCommand(command: Command): () => void {
  const { line, shell, cwd, env, channel, session } = command;
  if (command.fault === "neverAnswer") return () => {};
  const child = spawn(shell, line === undefined ? [] : ["-c", line], { cwd, env, detached: true });
  child.unref();
  feed(child, channel);
  void answer(child, command);
  session.on("signal", (accept: (() => void) | undefined, _reject, { name }) => {
    if (kill(child, name)) accept?.();
  });
  return () => closePipes(child);
}

function feed(child: ChildProcessWithoutNullStreams, channel: ssh2.ServerChannel): void {
  channel.pipe(child.stdin);
  // A command need not read its input; whatever still comes is thrown away, so that the channel can end.
  child.stdin.on("error", () => channel.resume());
  child.stdin.on("close", () => channel.resume());
}

/** The exit status goes out when the command ends; its output may go on, while a child of it holds the pipe. */
async function answer(
  child: ChildProcessWithoutNullStreams,
  { channel, fault, drop, shell }: Command,
): Promise<void> {
  const out = outlet(channel, fault, drop);
  child.on("exit", (code, signal) => out.exit(code ?? signal ?? 255));
  child.on("error", (error) => {
    channel.stderr.write(`${shell}: ${error.message}\n`);
    out.exit(127);
  });
  channel.on("close", () => closePipes(child));
  const closed = new Promise((resolve) => child.once("close", resolve));
  await Promise.all([copy(child.stdout, "stdout", out), copy(child.stderr, "stderr", out), closed]);
  await out.end();
}

async function copy(from: Readable, to: "stdout" | "stderr", out: Outlet): Promise<void> {
  try {
    for await (const chunk of from) await out.write(to, chunk);
  } catch {
    // The pipe was closed from this side, because the line is gone.
  }
}

function closePipes(child: ChildProcessWithoutNullStreams): void {
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
}

function kill({ pid }: ChildProcessWithoutNullStreams, name: string): boolean {
  try {
    return pid !== undefined && process.kill(-pid, `SIG${name}`);
  } catch {
    return false;
  }
}
