import { access, type FileHandle, open } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import type { ParsedKey } from "ssh2";
import { messageOf, RcmError } from "../errors.ts";
import { parsePrivateKey } from "./key-formats.ts";

/** A private key, read and decrypted. */
export type PrivateKey = ParsedKey;

const loaded = new Map<string, Promise<ParsedKey>>();

/** Which of the keys that ssh tries by itself are there: `id_ed25519`, `id_ecdsa` and `id_rsa` in `~/.ssh`. */
export async function defaultKeyPaths(home = homedir()): Promise<readonly string[]> {
  const paths = ["id_ed25519", "id_ecdsa", "id_rsa"].map((name) => join(home, ".ssh", name));
  const there = await Promise.all(
    paths.map((path) =>
      access(path).then(
        () => [path],
        () => [],
      ),
    ),
  );
  return there.flat();
}

/**
 * Loads a private key for ssh2. A file is parsed once in the life of the process, since making a key of a
 * passphrase takes a third of a second during which nothing else happens.
 *
 * @throws RcmError (auth) that tells a missing, unreadable, exposed, encrypted, unsupported, public or broken
 * key file from the others, and a wrong passphrase, each with what to do
 */
export function loadPrivateKey(path: string, passphrase?: string): Promise<ParsedKey> {
  const file = resolve(path);
  const id = JSON.stringify([file, passphrase]);
  const key = loaded.get(id) ?? load(file, passphrase);
  loaded.set(id, key);
  // What failed may be mended and tried again.
  key.catch(() => loaded.delete(id));
  return key;
}

async function load(path: string, passphrase: string | undefined): Promise<ParsedKey> {
  const result = parsePrivateKey(await readPrivate(path), { path, passphrase });
  if ("problem" in result) throw unusable(path, result.problem, result.hint);
  // A key that has no comment goes by its file in messages.
  result.key.comment ||= path;
  return result.key;
}

async function readPrivate(path: string): Promise<string> {
  const file = await openKey(path);
  try {
    await refuseExposed(file, path);
    return await file.readFile("utf8");
  } catch (cause) {
    throw cause instanceof RcmError
      ? cause
      : unusable(path, `reading it failed: ${messageOf(cause)}`, undefined, cause);
  } finally {
    await file.close();
  }
}

async function openKey(path: string): Promise<FileHandle> {
  try {
    return await open(path, "r");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") {
      throw unusable(
        path,
        "there is no such file",
        "check the path, or make a key: ssh-keygen -t ed25519",
        cause,
      );
    }
    const denied = code === "EACCES" || code === "EPERM";
    const why = denied ? "you are not allowed to read it" : `opening it failed: ${messageOf(cause)}`;
    throw unusable(path, why, denied ? `look who may: ls -l ${quote(path)}` : undefined, cause);
  }
}

/** The same rule as ssh's: a file of one's own must be closed to all others. */
async function refuseExposed(file: FileHandle, path: string): Promise<void> {
  const { mode, uid } = await file.stat();
  if (process.getuid?.() !== uid || (mode & 0o077) === 0) return;
  const rights = (mode & 0o777).toString(8).padStart(4, "0");
  throw unusable(
    path,
    `its mode is ${rights}, others than you have access to it`,
    `chmod 600 ${quote(path)}`,
  );
}

function unusable(path: string, problem: string, hint: string | undefined, cause?: unknown): RcmError {
  return new RcmError(`Cannot use the private key "${path}": ${problem}`, { code: "auth", hint, cause });
}

function quote(path: string): string {
  return `'${path.replaceAll("'", "'\\''")}'`;
}
