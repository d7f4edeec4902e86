import { existsSync, mkdirSync, realpathSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { RcmError } from "../errors.ts";
import type { OpenSink, SinkPlace, StepSink } from "./sink.ts";

/** Making a folder below these waits for ever. */
const KERNEL = ["/proc", "/sys"];

/** Files that this process has begun: who opens one again adds to it. */
const begun = new Set<string>();

/**
 * Writes a step's output into a text file on this machine, both streams as they come. Each run begins it anew; steps
 * that name the same file write one behind the other. It is made with mode 0600, its folders with 0700.
 *
 * @param path relative paths begin at the working directory
 * @example
 * step("build", command({ cmd: "make" }), { sink: fileSink(({ host }) => `logs/${host}.log`) });
 */
export function fileSink(path: string | ((place: SinkPlace) => string)): StepSink {
  if (typeof path !== "function" && (typeof path !== "string" || path === ""))
    throw new RcmError(`fileSink is given ${JSON.stringify(path) ?? typeof path}: wanted a path`, {
      code: "runbook",
    });
  if (typeof path === "string") checkPlace(resolve(path));
  return Object.freeze({
    open: async (place: SinkPlace) => await openFile(place, typeof path === "function" ? path(place) : path),
  });
}

async function openFile({ run }: SinkPlace, path: string): Promise<OpenSink> {
  const whole = resolve(path);
  checkPlace(realOf(whole));
  const key = `${run}\0${whole}`;
  mkdirSync(dirname(whole), { recursive: true, mode: 0o700 });
  const isFirst = !begun.has(key);
  begun.add(key);
  const file = await open(whole, isFirst ? "w" : "a", 0o600);
  return {
    begin: async (attempt) => (attempt > 1 ? await writeWhole(file, attemptLine(attempt)) : undefined),
    write: async (_stream, data) => await writeWhole(file, data),
    close: async () => await file.close(),
  };
}

function checkPlace(path: string): void {
  const folder = KERNEL.find((one) => path === one || path.startsWith(`${one}/`));
  if (folder === undefined) return;
  throw new RcmError(`fileSink cannot write to ${path}: ${folder} is the kernel's, and takes no files`, {
    code: "runbook",
  });
}

/** Where a path leads that may not be there yet. */
function realOf(path: string): string {
  if (existsSync(path)) return realpathSync(path);
  return path === dirname(path) ? path : join(realOf(dirname(path)), basename(path));
}

/** What keeps attempts apart where there is nothing but text. */
export function attemptLine(attempt: number): Buffer {
  return Buffer.from(`==> attempt ${attempt} <==\n`);
}

/** On a full disk a write may be short and say nothing. */
async function writeWhole(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done);
    if (bytesWritten === 0) throw new Error("the disk takes no more bytes");
    done += bytesWritten;
  }
}
