import { chmod, copyFile, mkdir, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { dirname } from "node:path";
import type { Duplex, Readable, Writable } from "node:stream";
import { messageOf, RcmError } from "../errors.ts";
import type { LocalFile } from "../shell/file.ts";
import { deferred } from "../util/deferred.ts";
import { type Channel, type ChannelEnd, type Connection, LINGER, type TrafficCounter } from "./connection.ts";
import { noAnswer } from "./trouble.ts";

/** This machine, as a host: the same sessions, without SSH. */
export function connectLocal(traffic: TrafficCounter): Connection {
  const lost = deferred<Error>();
  const open = new Set<Channel>();
  traffic.connections += 1;
  return {
    traffic,
    ready: Promise.resolve(),
    lost: lost.promise,
    open: async (command) => {
      const channel = await spawn(command);
      traffic.channels += 1;
      open.add(channel);
      void channel.ended.then(() => open.delete(channel));
      return channel;
    },
    expectFiles: () => undefined,
    put: copy,
    forward,
    close: () => {
      for (const channel of open) channel.close();
      lost.resolve(new RcmError("The connection was closed", { code: "unreachable" }));
    },
  };
}

/** In a session of its own, as sshd starts one: so its processes can be found and ended together. */
async function spawn(command: string): Promise<Channel> {
  const { execa } = await import("execa"); // it takes as long to load as all of rcm
  const child = execa("/bin/sh", ["-c", command], {
    buffer: false,
    detached: true,
    cleanup: false,
    reject: false,
    stdin: "pipe",
    stdout: "pipe",
    stderr: "pipe",
    encoding: "buffer",
  });
  const ended = deferred<ChannelEnd>();
  child.once("exit", (code, signal) => {
    const end = { code: code ?? undefined, signal: signal ?? undefined, whole: true };
    child.once("close", () => ended.resolve(end));
    setTimeout(() => ended.resolve(end), LINGER).unref();
  });
  child.catch(() => ended.resolve({ code: undefined, signal: undefined, whole: false }));
  return {
    stdin: child.stdin as Writable,
    stdout: child.stdout as Readable,
    stderr: child.stderr as Readable,
    ended: ended.promise,
    close: () => {
      child.stdin?.end();
      child.stdout?.destroy();
      child.stderr?.destroy();
      child.unref();
    },
  };
}

async function copy(file: LocalFile, path: string): Promise<void> {
  await mkdir(dirname(path), { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw cannot("make the folder", dirname(path), error);
  });
  try {
    if (typeof file.source === "string") await copyFile(file.source, path);
    else await writeFile(path, await file.bytes(), { mode: 0o600 });
    await chmod(path, 0o600);
  } catch (error) {
    throw cannot("write", path, error);
  }
  await file.verify();
}

function cannot(what: string, path: string, cause: unknown): RcmError {
  return new RcmError(`Cannot ${what} "${path}": ${messageOf(cause)}`, { code: "step", cause });
}

async function forward(address: string, port: number): Promise<Duplex> {
  const socket = connect({ host: address, port, noDelay: true });
  const answer = deferred<Duplex>();
  socket.once("connect", () => answer.resolve(socket));
  socket.once("error", (cause) => answer.reject(noAnswer(address, port, cause)));
  return await answer.promise;
}
