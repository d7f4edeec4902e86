import type { Client, SFTPWrapper } from "ssh2";
import { messageOf } from "../errors.ts";
import { isFull } from "./is-full.ts";

/** The server offers no SFTP. */
export class NoSftp extends Error {}

/** Bytes of one request: what every server takes, and what is gained no more by taking more of it. */
const CHUNK = { least: 32 * 1024, most: 128 * 1024 } as const;

/** What ssh2 calls back with. */
type Done<T> = (error: Error | null | undefined, value: T) => void;

/**
 * An SFTP channel whose requests may be sent without waiting for one another: the host takes them in order. ssh2 forgets
 * the callbacks of what is under way when a channel ends, so each request also ends with the channel and with the line.
 */
export class SftpChannel {
  readonly raw: SFTPWrapper;
  readonly #pending = new Set<(error: Error) => void>();
  #end: Error | undefined;

  /**
   * Opens a channel, which takes three round trips.
   *
   * @param lost settles when the line is gone
   * @throws NoSftp when the server has no SFTP subsystem
   */
  static async open(client: Client, lost: Promise<Error>): Promise<SftpChannel> {
    const opened = new Promise<SFTPWrapper>((resolve, reject) => {
      client.sftp((error, sftp) => (error ? reject(error) : resolve(sftp)));
    });
    const gone = lost.then((error) => {
      throw error;
    });
    const sftp = await Promise.race([opened.catch(refused), gone]);
    return new SftpChannel(sftp, lost);
  }

  private constructor(raw: SFTPWrapper, lost: Promise<Error>) {
    this.raw = raw;
    raw.on("error", (error: Error) => this.#over(error));
    raw.once("close", () => this.#over(new Error("the SFTP server ended")));
    void lost.then((error) => this.#over(error));
  }

  /** Bytes to write with one request: ssh2 knows what its server takes, and would write the rest one by one. */
  get chunk(): number {
    const { _maxWriteLen: most = CHUNK.least } = this.raw as { readonly _maxWriteLen?: number };
    return Math.max(CHUNK.least, Math.min(CHUNK.most, most));
  }

  get isOpen(): boolean {
    return this.#end === undefined;
  }

  /** Makes a directory that only its owner may enter. */
  async mkdir(path: string): Promise<void> {
    await this.#ask<void>((done) => this.raw.mkdir(path, { mode: 0o700 }, done));
  }

  /** Opens a file for writing; without `isThere` it is made, or emptied. Only its owner may read it. */
  async openFile(path: string, isThere = false): Promise<Buffer> {
    return await this.#ask<Buffer>((done) =>
      isThere ? this.raw.open(path, "r+", done) : this.raw.open(path, "w", 0o600, done),
    );
  }

  /** The bytes may be reused once this returns a promise: ssh2 copies them. */
  async write(handle: Buffer, data: Buffer, position: number): Promise<void> {
    await this.#ask<void>((done) =>
      this.raw.write(handle, data, 0, data.length, position, done as Done<void>),
    );
  }

  async closeFile(handle: Buffer): Promise<void> {
    await this.#ask<void>((done) => this.raw.close(handle, done));
  }

  /** Does something with ssh2's own channel that ends with it, or with the line, if not before. */
  async use<T>(operation: () => Promise<T>): Promise<T> {
    return await this.#ask<T>((done) => {
      operation().then(
        (value) => done(undefined, value),
        (error: Error) => done(error, undefined as T),
      );
    });
  }

  #ask<T>(send: (done: Done<T>) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#end) return reject(this.#end);
      this.#pending.add(reject);
      send((error, value) => {
        this.#pending.delete(reject);
        if (error) reject(error);
        else resolve(value);
      });
    });
  }

  #over(error: Error): void {
    this.#end ??= error;
    for (const reject of this.#pending) reject(this.#end);
    this.#pending.clear();
  }
}

/** A server that is out of channels may well have SFTP. */
function refused(cause: unknown): never {
  throw isFull(cause) ? cause : new NoSftp(messageOf(cause), { cause });
}
