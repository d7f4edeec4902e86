import * as fs from "node:fs/promises";
import { resolve } from "node:path";
import {
  type Answer,
  atPath,
  attrs,
  dirEntry,
  done,
  errno,
  name,
  openFlags,
  realPath,
  renameUnlessThere,
  setAttributes,
  writeAll,
} from "./sftp-disk.ts";
import { type Attributes, type Fields, Request, Response, string, u32 } from "./sftp-wire.ts";

/** How an SFTP server looks at the machine. */
export interface SftpOptions {
  /** Where relative paths start. */
  readonly dir: string;
  /** Whether the client is OpenSSH's, which sends a symlink's two paths the wrong way round. */
  readonly openssh: boolean;
}

/** Does what a request asks for, or throws the error of the file system; undefined stands for "done". */
export type Ask = (fields: Fields) => Promise<Answer | undefined>;

type Handle = { readonly file: fs.FileHandle } | { readonly dir: string; left: string[] };

/** The files of the machine as one SFTP client sees them, with the handles that it has open. */
export class SftpFiles {
  readonly #handles = new Map<string, Handle>();
  readonly #options: SftpOptions;
  #opened = 0;

  constructor(options: SftpOptions) {
    this.#options = options;
  }

  readonly requests: ReadonlyMap<number, Ask> = new Map<number, Ask>([
    [Request.OPEN, (f) => this.#open(this.#path(f), f.u32(), f.attributes())],
    [Request.CLOSE, (f) => this.#close(f.text())],
    [Request.READ, (f) => this.#read(this.#file(f), f.u64(), f.u32())],
    [Request.WRITE, (f) => done(writeAll(this.#file(f), f.u64(), f.bytes()))],
    [Request.STAT, async (f) => attrs(await fs.stat(this.#path(f)))],
    [Request.LSTAT, async (f) => attrs(await fs.lstat(this.#path(f)))],
    [Request.FSTAT, async (f) => attrs(await this.#file(f).stat())],
    [Request.SETSTAT, (f) => setAttributes(atPath(this.#path(f)), f.attributes())],
    [Request.FSETSTAT, (f) => setAttributes(this.#file(f), f.attributes())],
    [Request.OPENDIR, (f) => this.#openDir(this.#path(f))],
    [Request.READDIR, (f) => this.#readDir(f.text())],
    [Request.REMOVE, (f) => done(fs.unlink(this.#path(f)))],
    [Request.MKDIR, (f) => done(fs.mkdir(this.#path(f), (f.attributes().mode ?? 0o777) & 0o7777))],
    [Request.RMDIR, (f) => done(fs.rmdir(this.#path(f)))],
    [Request.REALPATH, async (f) => name(await realPath(this.#path(f)))],
    [Request.READLINK, async (f) => name(await fs.readlink(this.#path(f)))],
    [Request.RENAME, (f) => renameUnlessThere(this.#path(f), this.#path(f))],
    [Request.SYMLINK, (f) => this.#symlink(f.text(), f.text())],
  ]);

  readonly extensions: ReadonlyMap<string, Ask> = new Map<string, Ask>([
    ["posix-rename@openssh.com", (f) => done(fs.rename(this.#path(f), this.#path(f)))],
    ["hardlink@openssh.com", (f) => done(fs.link(this.#path(f), this.#path(f)))],
    ["fsync@openssh.com", (f) => done(this.#file(f).sync())],
  ]);

  async closeAll(): Promise<void> {
    for (const handle of [...this.#handles.keys()]) await this.#close(handle);
  }

  async #open(path: string, flags: number, { mode = 0o666 }: Attributes): Promise<Answer> {
    return this.#handle({ file: await fs.open(path, openFlags(flags), mode & 0o7777) });
  }

  async #openDir(dir: string): Promise<Answer> {
    return this.#handle({ dir, left: [".", "..", ...(await fs.readdir(dir))] });
  }

  async #readDir(id: string): Promise<Answer> {
    const handle = this.#handles.get(id);
    if (!handle || "file" in handle) throw errno("EBADF");
    if (handle.left.length === 0) throw errno("EOF");
    const names = handle.left.splice(0, 100);
    const entries = await Promise.all(names.map((entry) => dirEntry(handle.dir, entry)));
    return { type: Response.NAME, fields: [u32(entries.length), ...entries] };
  }

  async #read(file: fs.FileHandle, offset: number, length: number): Promise<Answer> {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(length, 256 * 1024)), {
      position: offset,
    });
    if (bytesRead === 0) throw errno("EOF");
    return { type: Response.DATA, fields: [string(buffer.subarray(0, bytesRead))] };
  }

  async #close(id: string): Promise<undefined> {
    const handle = this.#handles.get(id);
    if (!handle) throw errno("EBADF");
    this.#handles.delete(id);
    if ("file" in handle) await handle.file.close();
  }

  #symlink(first: string, second: string): Promise<undefined> {
    const [link, target] = this.#options.openssh ? [second, first] : [first, second];
    return done(fs.symlink(target, resolve(this.#options.dir, link)));
  }

  #handle(handle: Handle): Answer {
    const id = String(this.#opened++);
    this.#handles.set(id, handle);
    return { type: Response.HANDLE, fields: [string(id)] };
  }

  #file(fields: Fields): fs.FileHandle {
    const handle = this.#handles.get(fields.text());
    if (!handle || !("file" in handle)) throw errno("EBADF");
    return handle.file;
  }

  #path(fields: Fields): string {
    return resolve(this.#options.dir, fields.text());
  }
}
