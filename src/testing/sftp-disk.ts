import { constants, type Stats } from "node:fs";
import * as fs from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type Attributes, attributes, Response, string, u32 } from "./sftp-wire.ts";

/** What goes back to an SFTP client. */
export interface Answer {
  readonly type: number;
  readonly fields: readonly Buffer[];
}

/** Waits for something whose outcome is only that it was done. */
export async function done(work: Promise<unknown>): Promise<undefined> {
  await work;
}

/** An error as the file system would throw it. */
export function errno(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(code), { code });
}

/** The flags of open(2) for those of SSH_FXP_OPEN. */
export function openFlags(flags: number): number {
  const [read, write, append, create, truncate, exclusive] = [1, 2, 4, 8, 16, 32].map(
    (bit) => (flags & bit) !== 0,
  );
  const access = write ? (read ? constants.O_RDWR : constants.O_WRONLY) : constants.O_RDONLY;
  const rest = [
    append && constants.O_APPEND,
    create && constants.O_CREAT,
    truncate && constants.O_TRUNC,
    exclusive && constants.O_EXCL,
  ];
  return rest.reduce<number>((sum, flag) => sum | (flag || 0), access);
}

/** Writes all of a buffer at a place in a file. */
export async function writeAll(file: fs.FileHandle, offset: number, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, at, bytes.length - at, offset + at);
    at += bytesWritten;
  }
}

/** Answers with a file's attributes. */
export function attrs(stats: Stats): Answer {
  return { type: Response.ATTRS, fields: [attributes(attributesOf(stats))] };
}

/** Answers with a single name. */
export function name(path: string): Answer {
  return { type: Response.NAME, fields: [u32(1), string(path), string(path), u32(0)] };
}

/** One entry of a directory: its name, its line of `ls -l`, its attributes. */
export async function dirEntry(dir: string, entry: string): Promise<Buffer> {
  const stats = await fs.lstat(join(dir, entry)).catch(() => undefined);
  // It may have been removed since the directory was read.
  if (!stats) return Buffer.concat([string(entry), string(entry), u32(0)]);
  return Buffer.concat([string(entry), string(longName(entry, stats)), attributes(attributesOf(stats))]);
}

function attributesOf({ size, uid, gid, mode, atimeMs, mtimeMs }: Stats): Required<Attributes> {
  return { size, uid, gid, mode, atime: Math.floor(atimeMs / 1000), mtime: Math.floor(mtimeMs / 1000) };
}

function longName(entry: string, stats: Stats): string {
  const kind = stats.isDirectory() ? "d" : stats.isSymbolicLink() ? "l" : "-";
  const rights = [6, 3, 0].map((shift) => RIGHTS[(stats.mode >> shift) & 7]).join("");
  const date = stats.mtime.toDateString().slice(4, 10);
  const time = stats.mtime.toTimeString().slice(0, 5);
  return `${kind}${rights} ${stats.nlink} ${stats.uid} ${stats.gid} ${stats.size} ${date} ${time} ${entry}`;
}

const RIGHTS = ["---", "--x", "-w-", "-wx", "r--", "r-x", "rw-", "rwx"];

/** What can be changed of a file, by its path or through a handle. */
export type Changeable = Pick<fs.FileHandle, "truncate" | "chmod" | "chown" | "utimes">;

/** A path, with the same methods as an open file. */
export function atPath(path: string): Changeable {
  return {
    truncate: (size) => fs.truncate(path, size),
    chmod: (mode) => fs.chmod(path, mode),
    chown: (uid, gid) => fs.chown(path, uid, gid),
    utimes: (atime, mtime) => fs.utimes(path, atime, mtime),
  };
}

/** Sets those attributes that a client sent. */
export async function setAttributes(file: Changeable, sent: Attributes): Promise<undefined> {
  const { size, mode, atime, mtime, uid, gid } = sent;
  if (size !== undefined) await file.truncate(size);
  if (mode !== undefined) await file.chmod(mode & 0o7777);
  if (atime !== undefined && mtime !== undefined) await file.utimes(atime, mtime);
  if (uid !== undefined && gid !== undefined) await file.chown(uid, gid);
}

/** The real path of something that need not exist, as long as its directory does. */
export async function realPath(path: string): Promise<string> {
  try {
    return await fs.realpath(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" || path === "/") throw error;
    return join(await fs.realpath(dirname(path)), basename(path));
  }
}

/** The plain rename of SFTP, which never replaces anything. */
export async function renameUnlessThere(from: string, to: string): Promise<undefined> {
  if ((await fs.lstat(from)).isFile()) {
    // Atomic, where looking first would not be.
    await fs.link(from, to);
    await fs.unlink(from);
    return;
  }
  const there = await fs.lstat(to).then(
    () => true,
    () => false,
  );
  if (there) throw errno("EEXIST");
  await fs.rename(from, to);
}
