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
    const at = size + headerOf(path, file.size).length;
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
    const header = headerOf(path, file.size);
    header.copy(bytes, at - header.length);
    (await file.bytes()).copy(bytes, at);
  };
  await Promise.all(entries.map((entry, i) => write(entry, offsets[i] as number)));
  return bytes;
}

/** What stands before a file. A long name comes before it, as a file of its own: GNU's way, which all of them know. */
function headerOf(path: string, size: number): Buffer {
  const name = Buffer.from(path);
  if (name.length <= MAX_NAME) return block(name, size, "0");
  const long = Buffer.alloc(padded(name.length + 1));
  name.copy(long);
  return Buffer.concat([
    block(Buffer.from("././@LongLink"), name.length + 1, "L"),
    long,
    block(name.subarray(0, MAX_NAME), size, "0"),
  ]);
}

function block(name: Buffer, size: number, type: "0" | "L"): Buffer {
  const header = Buffer.alloc(BLOCK);
  const put = (text: string, at: number): number => header.write(text, at, "latin1");
  name.copy(header);
  put("0000600\0" + "0000000\0" + "0000000\0", 100); // mode, owner, group
  put(`${octal(size, 11)} ${octal(0, 11)} `, 124); // size, time
  put(`        ${type}`, 148); // the checksum counts as blanks
  put("ustar  ", 257);
  put(
    `${octal(
      header.reduce((sum, byte) => sum + byte, 0),
      6,
    )}\0 `,
    148,
  );
  return header;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, "0");
}

function padded(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK;
}
