import { randomUUID } from "node:crypto";
import { link, readFile, rename, unlink, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { RcmError } from "../errors.ts";

const queues = new Map<string, Promise<unknown>>();

/**
 * Runs short work on a file while nobody else does: neither another call in this process nor another process
 * (a lock file beside it tells them). A lock whose process is dead is taken over.
 *
 * @throws RcmError (locked) after 10 seconds of waiting
 */
export function withFileLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const file = resolve(path);
  const before = queues.get(file) ?? Promise.resolve();
  const turn = before.then(() => locked(`${file}.lock`, work));
  const settled = turn.catch(() => {});
  queues.set(file, settled);
  void settled.then(() => queues.get(file) === settled && queues.delete(file));
  return turn;
}

async function locked<T>(lock: string, work: () => Promise<T>): Promise<T> {
  const owner = JSON.stringify({ pid: process.pid, host: hostname(), id: randomUUID() });
  await take(lock, owner);
  try {
    return await work();
  } finally {
    // Somebody may have taken it over, had this process been stopped for long.
    if ((await ownerOf(lock)) === owner) await unlink(lock);
  }
}

async function take(lock: string, owner: string): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await tryTake(lock, owner))) {
    const holder = await ownerOf(lock);
    if (holder !== undefined && isStale(holder)) await remove(lock, holder);
    else if (Date.now() > deadline) throw heldTooLong(lock);
    else await delay(5 + Math.random() * 20);
  }
}

/** The lock appears with its owner in it, never empty: a link is made or not, in one step. */
async function tryTake(lock: string, owner: string): Promise<boolean> {
  const own = `${lock}.${randomUUID()}`;
  await writeFile(own, owner, { mode: 0o600, flag: "wx" });
  try {
    await link(own, lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    await unlink(own);
  }
}

async function ownerOf(lock: string): Promise<string | undefined> {
  return readFile(lock, "utf8").catch(() => undefined);
}

function isStale(owner: string): boolean {
  const { pid, host } = parse(owner);
  if (host !== hostname() || pid === undefined) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

function parse(owner: string): { readonly pid?: number; readonly host?: string } {
  try {
    return JSON.parse(owner) as { pid: number; host: string };
  } catch {
    return {};
  }
}

/** Two may find the same lock stale: the second must not remove what the first has put in its place. */
async function remove(lock: string, stale: string): Promise<void> {
  const aside = `${lock}.${randomUUID()}`;
  const moved = await rename(lock, aside).then(
    () => true,
    () => false,
  );
  if (!moved) return;
  if ((await ownerOf(aside)) !== stale) await link(aside, lock).catch(() => {});
  await unlink(aside);
}

function heldTooLong(lock: string): RcmError {
  return new RcmError(`Waited 10 seconds for the lock "${lock}"`, {
    code: "locked",
    hint: `If no other rcm is at work, remove it: rm '${lock}'`,
  });
}
