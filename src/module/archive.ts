import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { messageOf, RcmError } from "../errors.ts";
import type { LocalFile } from "../shell/file.ts";
import { type ArchiveEntry, checked, type Found, refusal, select } from "./archive-entries.ts";
import type { Unpacking } from "./unpack-script.ts";

/** What is done while an archive is read. */
interface Reading {
  readonly add: (entry: Found) => void;
  /** So many bytes more came out of it. */
  readonly grow: (bytes: number) => void;
  /** @throws Error that says why the archive is not to be unpacked */
  readonly refuse: (why: string) => never;
}

/** Bytes that the target of a link may have: what Linux takes for a path. */
const MAX_TARGET = 4096;

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
  // Streams that are broken off may say so instead of why.
  let refused: Error | undefined;
  const refuse = (why: string): never => {
    refused = refusal(why);
    throw refused;
  };
  const add = (entry: Found): void => {
    found.push(entry);
    if (found.length > wanted.maxFiles) refuse(`it holds more than ${wanted.maxFiles} entries: see maxFiles`);
  };
  const grow = (bytes: number): void => {
    size += bytes;
    if (size > wanted.maxSize) refuse(`it holds more than ${wanted.maxSize} bytes: see maxSize`);
  };
  try {
    const kind = await kindOfArchive(file);
    if (kind === "unzip") await readZip(file, { add, grow, refuse });
    else await readTar(file, kind, { add, grow, refuse });
    if (found.length === 0) throw refusal("it is empty, or none of a kind that is known");
    return select(checked(found), wanted);
  } catch (error) {
    const cause = refused ?? error;
    throw new RcmError(`Cannot unpack "${name}": ${messageOf(cause)}`, { code: "plan", cause });
  }
}

const MAGIC: ReadonlyArray<readonly [string, string]> = [
  ["1f8b", "gzip"],
  ["425a68", "bzip2"],
  ["fd377a585a00", "xz"],
  ["28b52ffd", "zstd"],
  ["504b0304", "unzip"],
  ["504b0506", "unzip"],
];

async function kindOfArchive(file: LocalFile): Promise<string> {
  let start: Buffer = Buffer.alloc(6);
  if (typeof file.source === "string") {
    await using handle = await open(file.source);
    await handle.read(start, 0, 6, 0);
  } else start = (await file.bytes()).subarray(0, 6);
  return kindOfBytes(start);
}

function kindOfBytes(start: Buffer): string {
  const hex = start.toString("hex", 0, 6);
  return MAGIC.find(([magic]) => hex.startsWith(magic))?.[1] ?? "cat";
}

/** All bytes go through our hands, those between the files too. */
async function readTar(file: LocalFile, kind: string, { add, grow, refuse }: Reading): Promise<void> {
  const { Parser } = await import("tar");
  const parser = new Parser({
    strict: true,
    maxMetaEntrySize: 1024 * 1024,
    onReadEntry: (entry) => {
      const { type, path, linkpath = "", mode = 0 } = entry;
      const about = { path, isExecutable: (mode & 0o111) !== 0, sha256: "", target: "" };
      const hash = createHash("sha256");
      entry.on("data", (chunk: Buffer) => hash.update(chunk));
      entry.on("end", () => {
        try {
          if (/^(?:File|OldFile|ContiguousFile)$/.test(type))
            add({ ...about, kind: "file", sha256: hash.digest("hex") });
          else if (type === "Directory") add({ ...about, kind: "directory" });
          else if (type === "SymbolicLink") add({ ...about, kind: "link", target: linkpath });
          else if (type === "Link") add({ ...about, kind: "file", linked: linkpath });
          else refuse(`"${path}" is no file, directory or link, but a ${type}`);
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
    let isFirst = true;
    for await (const chunk of chunks) {
      grow(chunk.length);
      // The parser would take it apart once more, which no host does, and past the limit.
      if (isFirst && kindOfBytes(chunk) !== "cat") refuse("it holds no tar, but something compressed again");
      isFirst = false;
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
  const { spawn } = await import("node:child_process");
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

async function readZip(file: LocalFile, { add, grow, refuse }: Reading): Promise<void> {
  const { fromBufferPromise, openPromise } = await import("yauzl");
  const options = { strictFileNames: true, autoClose: false } as const;
  const zip = await (typeof file.source === "string"
    ? openPromise(file.source, options)
    : fromBufferPromise(await file.bytes(), options));
  try {
    for await (const entry of zip.eachEntry()) {
      const { fileName, externalFileAttributes, versionMadeBy } = entry;
      const mode = versionMadeBy >> 8 === 3 ? externalFileAttributes >>> 16 : 0;
      if (entry.isEncrypted()) refuse("it is damaged, or encrypted");
      const about = {
        path: fileName,
        isExecutable: (mode & 0o111) !== 0,
        sha256: "",
        target: "",
      };
      const type = mode & 0o170000;
      if (fileName.endsWith("/")) {
        add({ ...about, kind: "directory" });
        continue;
      }
      if (type !== 0 && type !== 0o100000 && type !== 0o120000)
        refuse(`"${fileName}" is no file, directory or link`);
      const hash = createHash("sha256");
      const start: Buffer[] = [];
      for await (const chunk of await zip.openReadStreamPromise(entry)) {
        grow((chunk as Buffer).length);
        hash.update(chunk as Buffer);
        if (type !== 0o120000) continue;
        start.push(chunk as Buffer);
        if (start.reduce((sum, { length }) => sum + length, 0) > MAX_TARGET)
          refuse(`the target of the link ${fileName} is too long`);
      }
      if (type === 0o120000) add({ ...about, kind: "link", target: Buffer.concat(start).toString() });
      else add({ ...about, kind: "file", sha256: hash.digest("hex") });
    }
  } finally {
    zip.close();
  }
}
