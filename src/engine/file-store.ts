import { randomBytes } from "node:crypto";
import type { LocalFile } from "../shell/file.ts";
import type { Become, Connection } from "../transport/connection.ts";
import { isFull } from "../transport/is-full.ts";
import { sendThroughShell } from "../transport/send.ts";
import { NoPlace } from "../transport/trouble.ts";

/** How files get to a host. */
interface Way {
  readonly connection: Connection;
  /** Opens another connection, for when the server gives no more channels on the first. */
  readonly spare: () => Promise<Connection>;
  /** Opens another connection that a big file may be spread over, by its number from 0. */
  readonly helper: (i: number) => Promise<Connection>;
  readonly shell: string;
}

/**
 * The local files that lie on a host: each is sent at most once, into a private folder, under its hash. Root reads
 * what the login user wrote; any other user has a folder of their own.
 */
export class FileStore {
  /** Nobody can guess it, so nobody can have put anything there. */
  readonly #name = `.rcm-${randomBytes(16).toString("hex")}`;
  readonly #sent = new Map<string, Promise<void>>();
  readonly #there = new Set<string>();
  #isUsed = false;

  /**
   * The folders for a user's files. Long ones lie on a disk: /tmp may be in memory. Then they mostly lie where they are to
   * go to, too, and need not be copied.
   */
  foldersOf(become: Become | undefined): { readonly files: string; readonly longFiles: string } {
    const place = placeOf(become);
    if (place !== "")
      return { files: `/tmp/${this.#name}-${place}`, longFiles: `/tmp/${this.#name}-${place}` };
    return { files: `/tmp/${this.#name}`, longFiles: `/var/tmp/${this.#name}` };
  }

  /** Does the file lie on the host, where that user can read it? */
  has(file: LocalFile, become: Become | undefined): boolean {
    return this.#there.has(keyOf(file, become));
  }

  /** A script that may come to need these files is under way. */
  expect(files: readonly LocalFile[], become: Become | undefined, { connection }: Way): void {
    if (placeOf(become) === "" && files.some((file) => !this.has(file, become))) connection.expectFiles();
  }

  /** Sends a file, unless it is there or on its way. */
  async send(file: LocalFile, become: Become | undefined, way: Way): Promise<void> {
    const key = keyOf(file, become);
    const sending =
      this.#sent.get(key) ?? this.#send(file, become, way).then(() => void this.#there.add(key));
    this.#sent.set(key, sending);
    await sending.catch((error: unknown) => {
      this.#sent.delete(key);
      throw error;
    });
  }

  /** Nothing counts as being there any more: the host has been rebooted. */
  forget(): void {
    this.#sent.clear();
    this.#there.clear();
  }

  /** Was anything sent? */
  get isUsed(): boolean {
    return this.#isUsed;
  }

  /** Whoever writes a file makes its folder, so that this takes no round trip of its own. */
  async #send(
    file: LocalFile,
    become: Become | undefined,
    { connection, spare, helper, shell }: Way,
  ): Promise<void> {
    this.#isUsed = true;
    const { files, longFiles } = this.foldersOf(become);
    const sendOver = async (line: Connection, folder: string): Promise<void> => {
      const path = `${folder}/${file.name}`;
      if (placeOf(become) === "") await line.put(file, path, helper);
      else await sendThroughShell(line, file, path, { shell, become });
    };
    const sendTo = async (folder: string): Promise<void> => {
      try {
        await sendOver(connection, folder);
      } catch (error) {
        if (!isFull(error)) throw error;
        await sendOver(await spare(), folder);
      }
    };
    if (!file.isLong) return await sendTo(files);
    await sendTo(longFiles).catch(async (error: unknown) => {
      // There is no /var/tmp: the session has found that, too.
      if (!(error instanceof NoPlace) || longFiles === files) throw error;
      await sendTo(files);
    });
  }
}

function keyOf(file: LocalFile, become: Become | undefined): string {
  return `${placeOf(become)}\0${file.name}`;
}

function placeOf(become: Become | undefined): string {
  return become === undefined || become.user === "root" ? "" : become.user;
}
