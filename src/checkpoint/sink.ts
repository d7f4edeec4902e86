import {
  closeSync,
  createReadStream,
  existsSync,
  openSync,
  readFileSync,
  readSync,
  writeSync,
} from "node:fs";
import { readFile } from "node:fs/promises";
import { messageOf, RcmError } from "../errors.ts";
import type { Stream } from "../sink/sink.ts";

/** Where a run keeps a step's output as it arrives. */
export interface Sink {
  /** The output of this attempt follows. */
  begin(attempt: number): void;
  write(stream: Stream, data: Buffer): void;
  close(): void;
  /** What the last attempt printed on a stream; undefined when that is not kept. */
  last(stream: Stream): Buffer | undefined;
}

/** Keeps nothing. */
export const NO_SINK: Sink = {
  begin: () => undefined,
  write: () => undefined,
  close: () => undefined,
  last: () => undefined,
};

/** Texts longer than this are not given to runbooks as a value. */
const MAX_VALUE = 256 * 1024 * 1024;

/** A line of the index: bytes of a stream at a time (ms since the epoch), or the beginning of an attempt. */
type IndexLine = readonly ["o" | "e", number, number] | readonly ["a", number, number];

interface Files {
  readonly log: number;
  readonly index: number;
}

/**
 * A step's output on the disk, in two files: `STEP.log` has the bytes of both streams as they came, `STEP.idx`
 * says, a JSON line each, whose they are and when they came.
 */
export class FileSink implements Sink {
  readonly #path: string;
  readonly #isNew: boolean;
  #files: Files | undefined;
  #attempt: number | undefined;

  /**
   * @param path without extension; the files are made when the first byte comes
   * @param isNew no earlier rcm can have made them
   */
  constructor(path: string, isNew = false) {
    this.#path = path;
    this.#isNew = isNew;
  }

  begin(attempt: number): void {
    this.#attempt = attempt;
    // One that prints nothing must not be taken for the one before, which printed something.
    if (this.#files || (!this.#isNew && existsSync(`${this.#path}.idx`))) this.#guarded(() => this.#open());
  }

  write(stream: Stream, data: Buffer): void {
    this.#guarded(() => {
      writeWhole(this.#open().log, data);
      this.#note([stream === "stdout" ? "o" : "e", data.length, Date.now()]);
    });
  }

  close(): void {
    if (!this.#files) return;
    closeSync(this.#files.log);
    closeSync(this.#files.index);
    this.#files = undefined;
  }

  last(stream: Stream): Buffer | undefined {
    return readLast(this.#path, stream);
  }

  #open(): Files {
    this.#files ??= {
      log: openSync(`${this.#path}.log`, "a", 0o600),
      index: openSync(`${this.#path}.idx`, "a", 0o600),
    };
    if (this.#attempt !== undefined) this.#note(["a", this.#attempt, Date.now()]);
    this.#attempt = undefined;
    return this.#files;
  }

  #guarded(task: () => void): void {
    try {
      task();
    } catch (cause) {
      throw new RcmError(`Cannot write the output to "${this.#path}.log": ${messageOf(cause)}`, {
        code: "state",
        hint: "make room on the disk, then resume the run",
        cause,
      });
    }
  }

  #note(line: IndexLine): void {
    if (this.#files) writeWhole(this.#files.index, Buffer.from(`${JSON.stringify(line)}\n`));
  }
}

function writeWhole(file: number, data: Buffer): void {
  for (let done = 0; done < data.length; ) {
    const written = writeSync(file, data, done, data.length - done);
    if (written === 0) throw new Error("the disk takes no more bytes");
    done += written;
  }
}

interface Span {
  readonly stream: Stream;
  /** Counts beginnings: a resumed run begins again at attempt 1. */
  readonly attempt: number;
  readonly from: number;
  readonly size: number;
  readonly at: number;
}

function spans(index: string): { readonly all: Span[]; readonly attempts: number } {
  const found: Span[] = [];
  let from = 0;
  let attempt = 0;
  for (const line of index.split("\n")) {
    const [kind, size, at] = parseLine(line);
    if (kind === "a") attempt += 1;
    if (kind !== "o" && kind !== "e") continue;
    found.push({ stream: kind === "o" ? "stdout" : "stderr", attempt, from, size, at });
    from += size;
  }
  return { all: found, attempts: attempt };
}

function parseLine(line: string): readonly [string, number, number] {
  try {
    const [kind, size, at] = JSON.parse(line) as IndexLine;
    return [kind, size, at];
  } catch {
    return ["", 0, 0]; // the end, or a line that was being written when rcm died
  }
}

function readLast(path: string, stream: Stream): Buffer | undefined {
  let index: string;
  try {
    index = readFileSync(`${path}.idx`, "utf8");
  } catch {
    return Buffer.alloc(0); // it printed nothing
  }
  const { all, attempts } = spans(index);
  const wanted = all.filter((span) => span.attempt === attempts && span.stream === stream);
  const size = wanted.reduce((sum, span) => sum + span.size, 0);
  if (size > MAX_VALUE)
    throw new RcmError(`The output is too long to be a value: ${size} bytes, at most ${MAX_VALUE}`, {
      code: "step",
    });
  return readSpans(`${path}.log`, wanted, size);
}

function readSpans(path: string, wanted: readonly Span[], size: number): Buffer {
  const bytes = Buffer.alloc(size);
  const file = openSync(path, "r");
  try {
    let at = 0;
    for (const span of wanted) at += readSync(file, bytes, at, span.size, span.from);
    return bytes;
  } finally {
    closeSync(file);
  }
}

/**
 * The output of a step that was kept, piece by piece, and when it came (ms since the epoch); both streams as they came
 * when none is named.
 *
 * @param path of its files, without extension
 */
export async function* readSink(
  path: string,
  stream?: Stream,
): AsyncGenerator<{
  readonly stream: Stream;
  readonly attempt: number;
  readonly data: Buffer;
  readonly at: number;
}> {
  const index = await readFile(`${path}.idx`, "utf8").catch(() => "");
  for (const span of spans(index).all) {
    if (stream && span.stream !== stream) continue;
    for await (const data of createReadStream(`${path}.log`, {
      start: span.from,
      end: span.from + span.size - 1,
    })) {
      yield { stream: span.stream, attempt: span.attempt, data: data as Buffer, at: span.at };
    }
  }
}
