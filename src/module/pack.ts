import { createHash } from "node:crypto";
import { LocalFile } from "../shell/file.ts";

/** What tar works in. */
const BLOCK = 512;
/** Bytes of a name that a header holds. */
const MAX_NAME = 100;

/** A file of a folder. */
export interface FolderFile {
  /** Relative to the folder, with slashes. */
  readonly path: string;
  readonly file: LocalFile;
}

/** Several files in one that goes to the host as any other: a tar. */
export interface Pack {
  readonly file: LocalFile;
  /** Where the bytes of each lie in it: how many come before them. */
  readonly offsets: readonly number[];
}

/**
 * Packs files, under the names given, readable by their owner only. The bytes come about when they are sent. In the
 * place of their hash is one of what makes them: names and hashes.
 */
export function packOf(entries: readonly FolderFile[]): Pack {
  const offsets: number[] = [];
  const digest = createHash("sha256");
  let size = 0;
  for (const { path, file } of entries) {
    const at = size + headerLength(Buffer.byteLength(path));
    offsets.push(at);
    size = at + padded(file.size);
    digest.update(`${path}\0${file.sha256}\0`);
  }
  const total = size + 2 * BLOCK;
  return {
    file: new LocalFile(() => bytesOf(entries, offsets, total), digest.digest("hex"), total),
    offsets,
  };
}

async function bytesOf(
  entries: readonly FolderFile[],
  offsets: readonly number[],
  total: number,
): Promise<Buffer> {
  const bytes = Buffer.alloc(total);
  const write = async ({ path, file }: FolderFile, at: number): Promise<void> => {
    const name = Buffer.from(path);
    writeHeader(bytes.subarray(at - headerLength(name.length), at), name, file.size);
    (await file.bytes()).copy(bytes, at);
  };
  await Promise.all(entries.map((entry, i) => write(entry, offsets[i] as number)));
  return bytes;
}

function headerLength(name: number): number {
  return name <= MAX_NAME ? BLOCK : 2 * BLOCK + padded(name + 1);
}

/** What stands before a file. A long name comes before it, as a file of its own: GNU's way, which all of them know. */
function writeHeader(bytes: Buffer, name: Buffer, size: number): void {
  if (name.length > MAX_NAME) {
    writeBlock(bytes, Buffer.from("././@LongLink"), name.length + 1, "L");
    name.copy(bytes, BLOCK);
  }
  writeBlock(bytes.subarray(bytes.length - BLOCK), name.subarray(0, MAX_NAME), size, "0");
}

/** Into bytes that are zero. */
function writeBlock(bytes: Buffer, name: Buffer, size: number, type: "0" | "L"): void {
  name.copy(bytes);
  const fields = `0000600\0${octal(0, 7)}\0${octal(0, 7)}\0${octal(size, 11)} ${octal(0, 11)} `; // mode, owner, group, size, time
  bytes.write(`${fields}        ${type}`, 100, "latin1"); // the checksum counts as blanks
  bytes.write("ustar  ", 257, "latin1");
  let sum = 0;
  for (let i = 0; i < 264; i++) sum += bytes[i] as number;
  bytes.write(`${octal(sum, 6)}\0 `, 148, "latin1");
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, "0");
}

function padded(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK;
}
