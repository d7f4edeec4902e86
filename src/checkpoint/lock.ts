import { createHash } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { RcmError } from "../errors.ts";
import { makeFolder } from "./folder.ts";

/** Who holds a lock, for the message to the one who waits. */
export interface LockHolder {
  readonly run: string;
  readonly pid: number;
  readonly command: string;
  /** ISO time. */
  readonly since: string;
}

/** Something that only one run at a time may work on. */
export interface Lockable {
  /** What identifies it: `host web1.example.com:22`. */
  readonly key: string;
  /** What a message calls it. */
  readonly name: string;
}

/**
 * Takes all the locks or none; the kernel frees them when the process dies, however it dies.
 *
 * @returns a function that gives them back
 * @throws RcmError with code `locked`, naming who holds one
 */
export async function lock(
  stateFolder: string,
  wanted: readonly Lockable[],
  holder: LockHolder,
): Promise<() => void> {
  const folder = makeFolder(join(stateFolder, "locks"));
  const held: Held[] = [];
  const release = (): void => {
    for (const one of held) one.release();
  };
  for (const one of wanted) {
    const got = await take(folder, one, holder);
    if (got) held.push(got);
    else {
      release();
      throw refused(one, readHolder(folder, one));
    }
  }
  return release;
}

/** Is somebody working on it? */
export async function isLocked(stateFolder: string, { key }: Pick<Lockable, "key">): Promise<boolean> {
  const server = createServer();
  const isFree = await listens(server, socketPath(join(stateFolder, "locks"), key));
  server.close();
  return !isFree;
}

interface Held {
  readonly release: () => void;
}

async function take(folder: string, { key }: Lockable, holder: LockHolder): Promise<Held | undefined> {
  const server = createServer((socket) => socket.destroy());
  server.unref();
  if (!(await listens(server, socketPath(folder, key)))) return undefined;
  const note = notePath(folder, key);
  writeFileSync(note, JSON.stringify(holder), { mode: 0o600 });
  return {
    release: () => {
      rmSync(note, { force: true });
      server.close();
    },
  };
}

async function listens(server: Server, path: string): Promise<boolean> {
  return await new Promise((resolve, reject) => {
    server.once("listening", () => resolve(true));
    server.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "EADDRINUSE" ? resolve(false) : reject(error),
    );
    server.listen(path);
  });
}

/** Linux has sockets without a file, which cannot be left behind; elsewhere it is a file in the lock folder. */
function socketPath(folder: string, key: string): string {
  const name = hash(`${userInfo().uid}\0${key}`);
  return process.platform === "linux"
    ? `\0rcm-${name}`
    : join(folder.length > 60 ? tmpdir() : folder, `${name.slice(0, 24)}.sock`);
}

function notePath(folder: string, key: string): string {
  return join(folder, `${hash(key)}.json`);
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 40);
}

function readHolder(folder: string, { key }: Lockable): LockHolder | undefined {
  try {
    return JSON.parse(readFileSync(notePath(folder, key), "utf8")) as LockHolder;
  } catch {
    return undefined; // another state folder's, or it ended just now
  }
}

function refused({ name }: Lockable, holder: LockHolder | undefined): RcmError {
  const who = holder
    ? `run ${holder.run} (\`${holder.command}\`, pid ${holder.pid}, since ${holder.since})`
    : "another rcm";
  return new RcmError(`${name} is being worked on by ${who}`, {
    code: "locked",
    hint: "wait until it has ended, or leave the host out with -l",
  });
}
