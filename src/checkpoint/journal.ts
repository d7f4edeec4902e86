import { ftruncateSync, writeSync } from "node:fs";
import { type FileHandle, open, readFile } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { messageOf, RcmError } from "../errors.ts";
import type { Result } from "../module/result.ts";

/**
 * What a host's journal holds, a line each. A line is the CRC-32 of the JSON text as 8 hexadecimal digits, a space,
 * the JSON text, a newline.
 */
export type Entry =
  /** A step is about to be sent. */
  | { readonly type: "started"; readonly step: string; readonly at: number }
  /** A step has ended; its whole result. */
  | { readonly type: "finished"; readonly step: string; readonly result: Result }
  /** A step was ended in the middle, since the run was stopped: it is run again as if for the first time. */
  | { readonly type: "cancelled"; readonly step: string; readonly at: number }
  /** A step that was sent ahead was not run, since something it awaits failed. */
  | { readonly type: "blocked"; readonly step: string; readonly at: number }
  /** The host is about to be rebooted; it is done once its boot id differs. */
  | { readonly type: "rebooting"; readonly step: string; readonly bootId: string; readonly at: number };

/** What earlier runs left behind for a host. */
export interface Restored {
  readonly finished: ReadonlyMap<string, Result>;
  /** How often each step has ended, or was ended. */
  readonly ends: ReadonlyMap<string, number>;
  /** Steps that began and of which no end is known. */
  readonly started: ReadonlySet<string>;
  /** Boot id before a reboot that was under way, by step. */
  readonly rebooting: ReadonlyMap<string, string>;
}

/** Nothing was done before. */
export const NOTHING_RESTORED: Restored = {
  finished: new Map(),
  ends: new Map(),
  started: new Set(),
  rebooting: new Map(),
};

/** The journal of one host. */
export interface Journal {
  /** Returns when the entry is in the file: it is still there when rcm dies at once. */
  append(entry: Entry): Promise<void>;
  /** Returns when all that was appended is safe on the disk: it is still there when the power goes at once. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** Keeps nothing: for dry runs and ad hoc commands. */
export const NO_JOURNAL: Journal = {
  append: async () => undefined,
  sync: async () => undefined,
  close: async () => undefined,
};

/** A journal in a file: those entries that come together are written together, and so is what is to be safe. */
export class FileJournal implements Journal {
  readonly #path: string;
  readonly #file: FileHandle;
  /** Bytes of whole entries in the file. */
  #length: number;
  /** Bytes of them that are safe. */
  #safe: number;
  #waiting: string[] = [];
  #writing: Promise<void> | undefined;
  #syncing: Promise<void> | undefined;
  #broken: RcmError | undefined;

  /** Opens the file, made if need be; a torn last line is cut off. */
  static async open(path: string): Promise<FileJournal> {
    const { length } = await readJournal(path);
    const file = await open(path, "a", 0o600);
    await file.truncate(length);
    return new FileJournal(path, file, length);
  }

  private constructor(path: string, file: FileHandle, length: number) {
    this.#path = path;
    this.#file = file;
    this.#length = length;
    this.#safe = length;
  }

  async append(entry: Entry): Promise<void> {
    if (this.#broken) throw this.#broken;
    this.#waiting.push(encode(entry));
    this.#writing ??= Promise.resolve().then(() => this.#write());
    await this.#writing;
  }

  async sync(): Promise<void> {
    await this.#writing;
    while (this.#safe < this.#length) {
      this.#syncing ??= this.#flush().finally(() => {
        this.#syncing = undefined;
      });
      await this.#syncing; // which may have begun before the last entry came
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  /** Handing such short texts to another thread would take longer than writing them. */
  #write(): void {
    const bytes = Buffer.from(this.#waiting.join(""));
    this.#waiting = [];
    this.#writing = undefined;
    try {
      writeWhole(this.#file.fd, bytes);
      this.#length += bytes.length;
    } catch (cause) {
      this.#cutOff();
      throw this.#breaks(cause);
    }
  }

  async #flush(): Promise<void> {
    const length = this.#length;
    try {
      await this.#file.datasync();
      this.#safe = length;
    } catch (cause) {
      throw this.#breaks(cause);
    }
  }

  /** Half an entry, if it cannot be cut off now, is when the file is opened the next time. */
  #cutOff(): void {
    try {
      ftruncateSync(this.#file.fd, this.#length);
    } catch {}
  }

  /** Nothing is written any more. */
  #breaks(cause: unknown): RcmError {
    this.#broken ??= new RcmError(`Cannot write the checkpoint "${this.#path}": ${messageOf(cause)}`, {
      code: "state",
      hint: "make room on the disk; what is written already can be resumed",
      cause,
    });
    return this.#broken;
  }
}

/** On a full disk a write may be short and say nothing. */
function writeWhole(file: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length; ) {
    const written = writeSync(file, bytes, done, bytes.length - done);
    if (written === 0) throw new Error("the disk takes no more bytes");
    done += written;
  }
}

/** What a journal file says, up to its first torn or damaged line. */
export async function restore(path: string): Promise<Restored> {
  const { entries } = await readJournal(path);
  const finished = new Map<string, Result>();
  const ends = new Map<string, number>();
  const started = new Set<string>();
  const rebooting = new Map<string, string>();
  for (const entry of entries) {
    if (entry.type === "finished" || entry.type === "cancelled")
      ends.set(entry.step, (ends.get(entry.step) ?? 0) + 1);
    if (entry.type === "started") started.add(entry.step);
    else if (entry.type === "blocked") started.delete(entry.step);
    else if (entry.type === "rebooting") rebooting.set(entry.step, entry.bootId);
    else if (entry.type === "finished") {
      finished.set(entry.step, entry.result);
      started.delete(entry.step);
      rebooting.delete(entry.step);
    }
  }
  return { finished, ends, started, rebooting };
}

async function readJournal(
  path: string,
): Promise<{ readonly entries: readonly Entry[]; readonly length: number }> {
  const text = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return Buffer.alloc(0);
    throw new RcmError(`Cannot read the checkpoint "${path}": ${error.message}`, {
      code: "state",
      cause: error,
    });
  });
  const entries: Entry[] = [];
  let length = 0;
  for (let end = text.indexOf(10); end >= 0; end = text.indexOf(10, length)) {
    const entry = decode(text.toString("utf8", length, end));
    if (!entry) break;
    entries.push(entry);
    length = end + 1;
  }
  return { entries, length };
}

function encode(entry: Entry): string {
  const json = JSON.stringify(entry);
  return `${checksum(json)} ${json}\n`;
}

function decode(line: string): Entry | undefined {
  const json = line.slice(9);
  return line[8] === " " && line.slice(0, 8) === checksum(json) ? (JSON.parse(json) as Entry) : undefined;
}

function checksum(json: string): string {
  return crc32(json).toString(16).padStart(8, "0");
}
