import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { messageOf, RcmError } from "../errors.ts";
import type { LocalFile } from "../shell/file.ts";
import type { Unpacking } from "./unpack-script.ts";

/** A file, directory or link that an archive holds. */
export interface ArchiveEntry {
  /** Relative, without `.` and `..` and a slash at its end. */
  readonly path: string;
  readonly kind: "file" | "directory" | "link";
  readonly isExecutable: boolean;
  /** Of a file's content, in hexadecimal. */
  readonly sha256: string;
  /** What a link points to. */
  readonly target: string;
}

/** What is found, and must still be checked: a name as it is written, and for a hard link what it is linked to. */
interface Found extends ArchiveEntry {
  readonly linked?: string | undefined;
  readonly size: number;
}

/**
 * What an archive of this side holds: a zip, or a tar that may be compressed with gzip, bzip2, xz or zstd. Of the last
 * three, this machine must have the programs. What {@link unpack} would refuse on a host is refused here, before.
 *
 * @throws RcmError with code `plan` when it is damaged, or refused
 */
export async function readArchive(file: LocalFile, wanted: Unpacking): Promise<readonly ArchiveEntry[]> {
  const name = typeof file.source === "string" ? file.source : "the archive";
  const found: Found[] = [];
  let size = 0;
  const add = (entry: Found): void => {
    found.push(entry);
    if (found.length > wanted.maxFiles)
      throw refusal(`it holds more than ${wanted.maxFiles} entries: see maxFiles`);
  };
  const grow = (bytes: number): void => {
    size += bytes;
    if (size > wanted.maxSize) throw refusal(`it holds more than ${wanted.maxSize} bytes: see maxSize`);
  };
  try {
    const kind = await kindOfArchive(file);
    if (kind === "unzip") await readZip(file, add, grow);
    else await readTar(file, kind, add, grow);
    if (found.length === 0) throw refusal("it is empty, or none of a kind that is known");
    return select(checked(found), wanted);
  } catch (cause) {
    throw new RcmError(`Cannot unpack "${name}": ${messageOf(cause)}`, { code: "plan", cause });
  }
}

function refusal(why: string): Error {
  return new Error(`the archive is refused: ${why}`);
}

const MAGIC: ReadonlyArray<readonly [string, string]> = [
  ["1f8b", "gzip"],
  ["425a68", "bzip2"],
  ["fd377a585a00", "xz"],
  ["28b52ffd", "zstd"],
  ["504b0304", "unzip"],
  ["504b0506", "unzip"],
];

async function kindOfArchive({ source }: LocalFile): Promise<string> {
  let start = Buffer.alloc(6);
  if (typeof source === "string") {
    await using handle = await open(source);
    await handle.read(start, 0, 6, 0);
  } else start = source.subarray(0, 6) as Buffer<ArrayBuffer>;
  const hex = start.toString("hex");
  return MAGIC.find(([magic]) => hex.startsWith(magic))?.[1] ?? "cat";
}

/** All bytes go through our hands, those between the files too. */
async function readTar(
  file: LocalFile,
  kind: string,
  add: (entry: Found) => void,
  grow: (bytes: number) => void,
): Promise<void> {
  const { Parser } = await import("tar");
  const parser = new Parser({
    strict: true,
    maxMetaEntrySize: 1024 * 1024,
    onReadEntry: (entry) => {
      const { type, path, linkpath = "", mode = 0, size } = entry;
      const about = { path, isExecutable: (mode & 0o111) !== 0, size, sha256: "", target: "" };
      const hash = createHash("sha256");
      entry.on("data", (chunk: Buffer) => hash.update(chunk));
      entry.on("end", () => {
        try {
          if (/^(?:File|OldFile|ContiguousFile)$/.test(type))
            add({ ...about, kind: "file", sha256: hash.digest("hex") });
          else if (type === "Directory") add({ ...about, kind: "directory" });
          else if (type === "SymbolicLink") add({ ...about, kind: "link", target: linkpath });
          else if (type === "Link") add({ ...about, kind: "file", linked: linkpath });
          else throw refusal(`"${path}" is no file, directory or link, but a ${type}`);
        } catch (error) {
          parser.abort(error as Error);
        }
      });
      entry.resume();
    },
  });
  parser.on("ignoredEntry", ({ path, type }) =>
    parser.abort(refusal(`"${path}" is no file, directory or link, but a ${type}`)),
  );
  const ended = new Promise<void>((resolve, reject) => {
    parser.on("end", () => resolve());
    parser.on("abort", reject);
    parser.on("error", reject);
  });
  ended.catch(() => undefined);
  const feed = async (chunks: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of chunks) {
      grow(chunk.length);
      if (!parser.write(chunk))
        await Promise.race([new Promise((resolve) => parser.once("drain", resolve)), ended]);
    }
    parser.end();
    await ended;
  };
  await decompressed(file, kind, feed);
}

async function decompressed(
  file: LocalFile,
  kind: string,
  feed: (chunks: AsyncIterable<Buffer>) => Promise<void>,
): Promise<void> {
  const bytes =
    typeof file.source === "string" ? createReadStream(file.source) : Readable.from([file.source]);
  if (kind === "cat") return await pipeline(bytes, feed);
  if (kind === "gzip") {
    const { createGunzip } = await import("node:zlib");
    return await pipeline(bytes, createGunzip(), feed);
  }
  const child = spawn(kind, ["-dc"], { stdio: ["pipe", "pipe", "ignore"] });
  const ended = new Promise<void>((resolve, reject) => {
    child.once("error", (cause: NodeJS.ErrnoException) =>
      reject(
        cause.code === "ENOENT"
          ? new Error(`this machine has no ${kind}, which it needs to look into it`)
          : cause,
      ),
    );
    child.once("close", (code) => (code === 0 ? resolve() : reject(refusal("it is damaged, or encrypted"))));
  });
  ended.catch(() => undefined);
  const sending = pipeline(bytes, child.stdin).catch(() => undefined); // its exit status tells
  try {
    await Promise.race([pipeline(child.stdout, feed), ended.then(() => new Promise<void>(() => undefined))]);
    await ended;
  } finally {
    child.kill();
    await sending;
  }
}

async function readZip(
  { source }: LocalFile,
  add: (entry: Found) => void,
  grow: (bytes: number) => void,
): Promise<void> {
  const { fromBufferPromise, openPromise } = await import("yauzl");
  const options = { strictFileNames: true, autoClose: false } as const;
  const zip = await (typeof source === "string"
    ? openPromise(source, options)
    : fromBufferPromise(source, options));
  try {
    for await (const entry of zip.eachEntry()) {
      const { fileName, externalFileAttributes, uncompressedSize, versionMadeBy } = entry;
      const mode = versionMadeBy >> 8 === 3 ? externalFileAttributes >>> 16 : 0;
      if (entry.isEncrypted()) throw refusal("it is damaged, or encrypted");
      const about = {
        path: fileName,
        isExecutable: (mode & 0o111) !== 0,
        size: uncompressedSize,
        sha256: "",
        target: "",
      };
      const type = mode & 0o170000;
      if (fileName.endsWith("/")) {
        add({ ...about, kind: "directory" });
        continue;
      }
      if (type !== 0 && type !== 0o100000 && type !== 0o120000)
        throw refusal(`"${fileName}" is no file, directory or link`);
      const hash = createHash("sha256");
      const start: Buffer[] = [];
      for await (const chunk of await zip.openReadStreamPromise(entry)) {
        grow((chunk as Buffer).length);
        hash.update(chunk as Buffer);
        if (type === 0o120000) start.push(chunk as Buffer);
      }
      if (type === 0o120000) add({ ...about, kind: "link", target: Buffer.concat(start).toString() });
      else add({ ...about, kind: "file", sha256: hash.digest("hex") });
    }
  } finally {
    zip.close();
  }
}

/** The same rules as those of the script for hosts. */
function checked(found: readonly Found[]): ArchiveEntry[] {
  const entries = new Map<string, ArchiveEntry>();
  for (const { linked, size: _, ...entry } of found) {
    const path = normalised(entry.path);
    if (path === "") continue;
    if (/[\n\\]/.test(path)) throw refusal(`a name is odd: ${JSON.stringify(path)}`);
    if (path.startsWith("/")) throw refusal(`a name is absolute: ${path}`);
    if (path.split("/").includes("..")) throw refusal(`a name leads out of it: ${path}`);
    const before = entries.get(path);
    if (before && (before.kind !== "directory" || entry.kind !== "directory"))
      throw refusal(`it holds two of the name ${path}`);
    const source = linked === undefined ? undefined : entries.get(normalised(linked));
    if (linked !== undefined && source?.kind !== "file")
      throw refusal(`a hard link leads to ${linked}, which is none of its files`);
    entries.set(path, { ...entry, ...source, path });
  }
  for (const path of entries.keys()) {
    for (let up = parentOf(path); up !== ""; up = parentOf(up)) {
      const parent = entries.get(up);
      if (parent && parent.kind !== "directory")
        throw refusal(`something lies below ${up}, which is no directory`);
    }
  }
  return [...entries.values()];
}

function select(entries: readonly ArchiveEntry[], { strip, include, exclude }: Unpacking): ArchiveEntry[] {
  const chosen = new Map<string, ArchiveEntry>();
  const isPartial = include.length + exclude.length > 0;
  const [wanted, unwanted] = [include, exclude].map((patterns) => patterns.map(globToRegExp));
  for (const entry of entries) {
    const path = entry.path.split("/").slice(strip).join("/");
    if (path === "") continue;
    if (entry.kind === "link" && leadsOut(path, entry.target))
      throw refusal(`the link ${path} leads out of it`);
    if (isPartial && entry.kind === "directory") continue;
    if (wanted?.length && !wanted.some((pattern) => pattern.test(path))) continue;
    if (unwanted?.some((pattern) => pattern.test(path))) continue;
    if (chosen.has(path) && entry.kind !== "directory") throw refusal(`it holds two of the name ${path}`);
    chosen.set(path, { ...entry, path });
    for (let up = parentOf(path); up !== ""; up = parentOf(up)) {
      if (!chosen.has(up))
        chosen.set(up, { path: up, kind: "directory", isExecutable: true, sha256: "", target: "" });
    }
  }
  if (chosen.size === 0) throw refusal("nothing of it is wanted");
  return [...chosen.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Only steps up at its beginning are followed, and not beyond the root: others may go through another link. */
function leadsOut(path: string, target: string): boolean {
  const steps = target.split("/").filter((step) => step !== "" && step !== ".");
  const ups = steps.findIndex((step) => step !== "..");
  const leading = ups < 0 ? steps.length : ups;
  return (
    target.startsWith("/") ||
    target.includes("\n") ||
    steps.slice(leading).includes("..") ||
    leading > path.split("/").length - 1
  );
}

/** As `find -path` matches: a star takes slashes too; and what lies below something that matches. */
function globToRegExp(pattern: string): RegExp {
  const source = pattern.replaceAll(
    /\[(!?)([^\]]+)\]|[\s\S]/g,
    (piece, not: string | undefined, set?: string) => {
      if (set !== undefined) return `[${not ? "^" : ""}${set.replaceAll(/[\\^[]/g, "\\$&")}]`;
      return piece === "*"
        ? "[\\s\\S]*"
        : piece === "?"
          ? "[\\s\\S]"
          : piece.replaceAll(/[\\^$.|+()[\]{}/]/g, "\\$&");
    },
  );
  return new RegExp(`^(?:${source})(?:/[\\s\\S]*)?$`, "u");
}

function normalised(path: string): string {
  const joined = path.replaceAll(/\/{2,}/g, "/").replace(/^(?:\.\/)+/, "");
  return joined === "." ? "" : joined.replace(/(.)\/$/, "$1");
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}
