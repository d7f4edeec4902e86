import { createHash, randomBytes } from "node:crypto";
import { type BigIntStats, constants, readFileSync } from "node:fs";
import { access, open, readFile, stat } from "node:fs/promises";
import { messageOf, RcmError } from "../errors.ts";

/** Bytes of a file that is read in one go. */
const MAX_AT_ONCE = 64 * 1024;
/** Bytes of a file that are read at a time. */
const PIECE = 1024 * 1024;
/** Bytes of a file whose hash nobody notices that it is waited for. */
const MAX_AWAITED = 8 * 1024 * 1024;

/** Bytes of a file that is sooner copied than thought about. */
const MAX_SHORT = 1024 * 1024;

/** The hash of a file was asked for that is still being taken. */
export class HashNotKnown extends Error {}

/**
 * A file on this side that a script uses on the other one. It is sent at most once a host, only when needed, and
 * lies there under its hash, in a private directory.
 */
export class LocalFile {
  /** Where its bytes are: a path, the bytes themselves, or what makes them when they are needed. */
  readonly source: string | Buffer | (() => Promise<Buffer>);
  readonly size: number;
  /** Permission bits of the local file, such as 0o644; undefined for bytes. */
  readonly mode: number | undefined;
  /** What tells whether a file has been touched since its hash was taken. */
  readonly #stamp: string | undefined;
  readonly #sha256: string | undefined;
  #own = "";

  constructor(
    source: LocalFile["source"],
    sha256: string | undefined,
    size: number,
    mode?: number,
    stamp?: string,
  ) {
    this.source = source;
    this.#sha256 = sha256;
    this.size = size;
    this.mode = mode;
    this.#stamp = stamp;
  }

  /** It is worth some thought where it lies on a host, and not to copy it there. */
  get isLong(): boolean {
    return this.size > MAX_SHORT;
  }

  /** Its name on a host: its hash, so that what several steps use is sent once. */
  get name(): string {
    return `${this.sha256}${this.#own}`;
  }

  /** Made by {@link alone}. */
  get isAlone(): boolean {
    return this.#own !== "";
  }

  /** The same file for one use alone, which may change it or take it away. */
  alone(): LocalFile {
    const file = new LocalFile(this.source, this.#sha256, this.size, this.mode, this.#stamp);
    file.#own = `.${randomBytes(8).toString("hex")}`;
    return file;
  }

  /**
   * Its hash; of what is made when it is needed, a hash of what makes it.
   *
   * @throws HashNotKnown for a file that was only looked at, as plans do
   */
  get sha256(): string {
    if (this.#sha256 === undefined)
      throw new HashNotKnown(`The hash of "${String(this.source)}" is not known yet`);
    return this.#sha256;
  }

  /**
   * All of its bytes.
   *
   * @throws RcmError when they are not those any more whose hash was taken
   */
  async bytes(): Promise<Buffer> {
    if (typeof this.source === "function") return await this.source();
    if (typeof this.source !== "string") return this.source;
    const bytes = await read(this.source, this.size);
    if (sha256Of(bytes) !== this.sha256) throw hasChanged(this.source);
    return bytes;
  }

  /**
   * To be asked after its bytes were read piece by piece. A file whose times and size are as they were when its hash was
   * taken need not be read again.
   *
   * @throws RcmError when they may not have been those whose hash was taken
   */
  async verify(): Promise<void> {
    if (typeof this.source !== "string" || this.#stamp === undefined) return;
    if (stampOf(await statOf(this.source)) === this.#stamp) return;
    if ((await hash(this.source, this.size)) !== this.sha256) throw hasChanged(this.source);
  }
}

/** The bytes given, as a file. */
export function fileOf(content: string | Buffer): LocalFile {
  const bytes = Buffer.isBuffer(content) ? content : Buffer.from(content, "utf8");
  return new LocalFile(bytes, sha256Of(bytes), bytes.length);
}

const hashed = new Map<string, Promise<LocalFile>>();

/**
 * Reads a local file's hash; once for a file that stays as it is, however many hosts want it.
 *
 * @throws RcmError when there is no such file or it cannot be read
 */
export async function readLocalFile(path: string): Promise<LocalFile> {
  const facts = await factsOf(path);
  const stamp = stampOf(facts);
  const key = `${path}\0${stamp}`;
  const size = Number(facts.size);
  const known =
    hashed.get(key) ??
    hash(path, size).then((sha256) => new LocalFile(path, sha256, size, modeOf(facts), stamp));
  hashed.set(key, known);
  return known;
}

/**
 * Looks whether a local file is there and can be read. The hash of a long one is taken meanwhile, so that hosts need not
 * wait for it to be connected to: {@link readLocalFile} has it sooner then.
 *
 * @throws RcmError when there is no such file or it cannot be read
 */
export async function seeLocalFile(path: string): Promise<LocalFile> {
  const facts = await factsOf(path);
  if (facts.size <= MAX_AWAITED) return await readLocalFile(path);
  await access(path, constants.R_OK).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  readLocalFile(path).catch(() => undefined); // whoever needs it is told
  return new LocalFile(path, undefined, Number(facts.size), modeOf(facts));
}

async function factsOf(path: string): Promise<BigIntStats> {
  const facts = await statOf(path);
  if (facts.isFile()) return facts;
  throw new RcmError(`Cannot send "${path}": it is not a regular file`, { code: "plan" });
}

function modeOf({ mode }: BigIntStats): number {
  return Number(mode) & 0o7777;
}

async function statOf(path: string): Promise<BigIntStats> {
  return await stat(path, { bigint: true }).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
}

function stampOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(" ");
}

async function hash(path: string, size: number): Promise<string> {
  if (size <= MAX_AT_ONCE) return sha256Of(await read(path, size));
  const digest = createHash("sha256");
  const piece = Buffer.allocUnsafe(PIECE); // always the same: a stream would make a new one each time
  try {
    await using file = await open(path);
    for (;;) {
      const { bytesRead } = await file.read(piece, 0, PIECE);
      if (bytesRead === 0) return digest.digest("hex");
      digest.update(piece.subarray(0, bytesRead));
    }
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** The whole of a file. Of hundreds of small ones, each takes longer to hand to a thread and back than to read. */
async function read(path: string, size: number): Promise<Buffer> {
  try {
    return size <= MAX_AT_ONCE ? readFileSync(path) : await readFile(path);
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function sha256Of(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function hasChanged(path: string): RcmError {
  return new RcmError(`Cannot send "${path}": it was changed after its hash was taken`, {
    code: "step",
    hint: "run it again when nothing writes to the file any more",
  });
}

/** The error for a local file that cannot be read. */
export function unreadable(path: string, cause: unknown): RcmError {
  const known: Readonly<Record<string, string>> = { ENOENT: "no such file", EACCES: "permission denied" };
  const reason = known[(cause as { code?: string }).code ?? ""] ?? messageOf(cause);
  return new RcmError(`Cannot read the local file "${path}": ${reason}`, { code: "plan", cause });
}
