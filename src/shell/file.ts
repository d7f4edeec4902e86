import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { messageOf, RcmError } from "../errors.ts";

/**
 * A file on this side that a script uses on the other one. It is sent at most once a host, only when needed, and
 * lies there under its hash, in a private directory.
 */
export class LocalFile {
  /** Where its bytes are: a path, or the bytes themselves. */
  readonly source: string | Buffer;
  readonly sha256: string;
  readonly size: number;
  /** Permission bits of the local file, such as 0o644; undefined for bytes. */
  readonly mode: number | undefined;

  constructor(source: string | Buffer, sha256: string, size: number, mode?: number) {
    this.source = source;
    this.sha256 = sha256;
    this.size = size;
    this.mode = mode;
  }
}

/** The bytes given, as a file. */
export function fileOf(content: string | Buffer): LocalFile {
  const bytes = Buffer.isBuffer(content) ? content : Buffer.from(content, "utf8");
  return new LocalFile(bytes, createHash("sha256").update(bytes).digest("hex"), bytes.length);
}

const hashed = new Map<string, Promise<LocalFile>>();

/**
 * Reads a local file's hash; once for a file that stays as it is, however many hosts want it.
 *
 * @throws RcmError when there is no such file or it cannot be read
 */
export async function readLocalFile(path: string): Promise<LocalFile> {
  const facts = await stat(path).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  if (!facts.isFile()) {
    throw new RcmError(`Cannot send "${path}": it is not a regular file`, { code: "plan" });
  }
  const key = `${path}\0${facts.mtimeMs}\0${facts.size}\0${facts.ino}`;
  const known = hashed.get(key) ?? hash(path, facts.size, facts.mode & 0o7777);
  hashed.set(key, known);
  return known;
}

async function hash(path: string, size: number, mode: number): Promise<LocalFile> {
  const digest = createHash("sha256");
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }))
      digest.update(chunk as Buffer);
  } catch (cause) {
    throw unreadable(path, cause);
  }
  return new LocalFile(path, digest.digest("hex"), size, mode);
}

/** The error for a local file that cannot be read. */
export function unreadable(path: string, cause: unknown): RcmError {
  const known: Readonly<Record<string, string>> = { ENOENT: "no such file", EACCES: "permission denied" };
  const reason = known[(cause as { code?: string }).code ?? ""] ?? messageOf(cause);
  return new RcmError(`Cannot read the local file "${path}": ${reason}`, { code: "plan", cause });
}
