import type { Client, SFTPWrapper } from "ssh2";
import type SftpClient from "ssh2-sftp-client";
import { messageOf, RcmError } from "../errors.ts";
import type { LocalFile } from "../shell/file.ts";
import { Semaphore } from "../util/semaphore.ts";

/** The fields by which ssh2-sftp-client holds its connection; it offers no way to give it an open one. */
interface Borrowed {
  client: Client;
  sftp: SFTPWrapper;
}

/**
 * Sends files by SFTP over an open connection. One at a time: the library loses the promises of concurrent
 * operations when a line drops, and each one races against the loss of the line for the same reason.
 */
export class SftpSender {
  readonly #client: Client;
  readonly #lost: Promise<Error>;
  readonly #turn = new Semaphore(1);
  #sftp: Promise<SftpClient> | undefined;

  constructor(client: Client, lost: Promise<Error>) {
    this.#client = client;
    this.#lost = lost;
  }

  /**
   * Writes a file with permissions 0600.
   *
   * @throws NoSftp when the server has no SFTP subsystem
   */
  async put(file: LocalFile, path: string): Promise<void> {
    await this.#turn.use(async () => {
      this.#sftp ??= this.#open();
      const sftp = await this.#sftp;
      const sent =
        typeof file.source === "string"
          ? sendFile(sftp, file.source, path)
          : sendBytes(sftp, file.source, path);
      await this.#guard(sent).catch((cause: unknown) => {
        throw new RcmError(`Cannot write "${path}" on the host: ${messageOf(cause)}`, {
          code: "step",
          cause,
        });
      });
    });
  }

  async #open(): Promise<SftpClient> {
    const channel = await this.#guard(
      new Promise<SFTPWrapper>((resolve, reject) => {
        this.#client.sftp((error, sftp) => (error ? reject(new NoSftp(error.message)) : resolve(sftp)));
      }),
    );
    // Silent callbacks: left alone, the library prints.
    const silent = { error: () => undefined, end: () => undefined, close: () => undefined };
    const { default: Client } = await import("ssh2-sftp-client");
    const sftp = new Client("rcm", silent as never);
    Object.assign(sftp as unknown as Borrowed, { client: this.#client, sftp: channel });
    return sftp;
  }

  async #guard<T>(operation: Promise<T>): Promise<T> {
    return await Promise.race([
      operation,
      this.#lost.then((error) => {
        throw error;
      }),
    ]);
  }
}

/** The server offers no SFTP. */
export class NoSftp extends Error {}

/** 64 requests of 32 KiB fill the 2 MiB that OpenSSH lets be under way. */
async function sendFile(sftp: SftpClient, source: string, path: string): Promise<void> {
  await sftp.fastPut(source, path, { mode: 0o600, concurrency: 64, chunkSize: 32_768 } as never);
}

async function sendBytes(sftp: SftpClient, source: Buffer, path: string): Promise<void> {
  await sftp.put(source, path, { writeStreamOptions: { mode: 0o600 } });
}
