import { createHash, randomBytes } from "node:crypto";
import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { connect as connectTcp, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { messageOf, RcmError } from "../errors.ts";
import { type LocalFile, readLocalFile } from "../shell/file.ts";
import { sendRequest, shownUrl } from "./http-client.ts";

/** What is to be downloaded to this machine. */
export interface Download {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly validateCerts: boolean;
  /** Milliseconds without a sign of the server after which it is given up. */
  readonly timeout: number;
}

/** Bytes of a text that is read whole. */
const MAX_TEXT = 256 * 1024;

const underway = new Map<string, Promise<LocalFile>>();
let folder: string | undefined;

/**
 * Downloads a file to this machine, from where it can be sent; several hosts that want it at a time share it. It lies
 * in a private folder until this process ends.
 *
 * @throws RcmError with code `step` when the server does not give it
 */
export async function download(wanted: Download): Promise<LocalFile> {
  const key = JSON.stringify(wanted);
  const going = underway.get(key) ?? fetchFile(wanted);
  underway.set(key, going);
  return await going.finally(() => underway.delete(key));
}

/** The same for a short text: one of at most 256 KiB. */
export async function downloadText(wanted: Download): Promise<string> {
  const file = await download(wanted);
  if (file.size <= MAX_TEXT) return (await file.bytes()).toString("utf8");
  throw new RcmError(`Cannot read ${shownUrl(wanted.url)}: it is longer than ${MAX_TEXT} bytes`, {
    code: "step",
  });
}

async function fetchFile({ url, headers, validateCerts, timeout }: Download): Promise<LocalFile> {
  const patience = new AbortController();
  const giveUp = (): void => patience.abort(new DOMException("", "TimeoutError"));
  const timer = setTimeout(giveUp, timeout);
  const part = join(privateFolder(), randomBytes(8).toString("hex"));
  try {
    const { status, body } = await sendRequest({
      url,
      method: "GET",
      headers,
      followRedirects: "all",
      tls: { validateCerts },
      connect: dial,
      signal: patience.signal,
    });
    if (status !== 200) throw new RcmError(`Cannot GET ${shownUrl(url)}: HTTP ${status}`, { code: "step" });
    const hash = createHash("sha256");
    const watched = new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        timer.refresh();
        hash.update(chunk);
        done(null, chunk);
      },
    });
    await pipeline(body, watched, createWriteStream(part, { mode: 0o600 })).catch((cause: unknown) => {
      const why = patience.signal.aborted ? "no more of it came" : messageOf(cause);
      throw new RcmError(`Cannot GET ${shownUrl(url)}: ${why}`, { code: "step", cause });
    });
    const path = join(privateFolder(), hash.digest("hex"));
    await rename(part, path);
    return await readLocalFile(path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** A plain connection from this machine. */
export async function dial(address: string, port: number): Promise<Socket> {
  return await new Promise((resolve, reject) => {
    const socket = connectTcp({ host: address, port, noDelay: true });
    socket.once("connect", () => resolve(socket));
    socket.once("error", reject);
  });
}

function privateFolder(): string {
  if (folder !== undefined) return folder;
  const made = mkdtempSync(join(tmpdir(), "rcm-"));
  process.once("exit", () => rmSync(made, { recursive: true, force: true }));
  folder = made;
  return made;
}
