import { randomBytes } from "node:crypto";
import { RcmError } from "../errors.ts";
import type { LocalFile } from "../shell/file.ts";
import { type Script, sh } from "../shell/script.ts";
import type { Become, Connection } from "../transport/connection.ts";
import { sendThroughShell } from "../transport/send.ts";
import type { SessionPool } from "./sessions.ts";

/**
 * The local files that lie on a host: each is sent at most once, into a private folder, under its hash. Root reads
 * what the login user wrote; any other user has a folder of their own.
 */
export class FileStore {
  /** Nobody can guess it, so nobody can have put anything there. */
  readonly #folder = `/tmp/.rcm-${randomBytes(16).toString("hex")}`;
  readonly #sent = new Map<string, Promise<void>>();
  readonly #there = new Set<string>();
  readonly #folders = new Map<
    string,
    { readonly become: Become | undefined; readonly made: Promise<void> }
  >();

  /** The folder for a user's files. */
  folderOf(become: Become | undefined): string {
    const place = placeOf(become);
    return place === "" ? this.#folder : `${this.#folder}-${place}`;
  }

  /** Does the file lie on the host, where that user can read it? */
  has(file: LocalFile, become: Become | undefined): boolean {
    return this.#there.has(keyOf(file, become));
  }

  /** Sends a file, unless it is there or on its way. */
  async send(
    file: LocalFile,
    become: Become | undefined,
    {
      connection,
      sessions,
      shell,
    }: { readonly connection: Connection; readonly sessions: SessionPool; readonly shell: string },
  ): Promise<void> {
    const key = keyOf(file, become);
    const place = placeOf(become);
    const send = async (): Promise<void> => {
      await this.#makeFolder(sessions, place, place === "" ? undefined : become);
      const path = `${this.folderOf(become)}/${file.sha256}`;
      if (place === "") await connection.put(file, path);
      else await sendThroughShell(connection, file, path, { shell, become });
      this.#there.add(key);
    };
    const sending = this.#sent.get(key) ?? send();
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
    this.#folders.clear();
  }

  /** Was anything sent? */
  get isUsed(): boolean {
    return this.#folders.size > 0;
  }

  async #makeFolder(sessions: SessionPool, place: string, become: Become | undefined): Promise<void> {
    const folder = this.folderOf(become);
    const make = (): Promise<void> =>
      runScript(sessions, sh`mkdir -m 700 ${folder}`, become, `make the private folder ${folder}`);
    const known = this.#folders.get(place) ?? { become, made: make() };
    this.#folders.set(place, known);
    await known.made;
  }
}

async function runScript(
  sessions: SessionPool,
  script: Script,
  become: Become | undefined,
  doing: string,
): Promise<void> {
  const said: Buffer[] = [];
  const output = (_stream: string, data: Buffer): void => void said.push(data);
  const { exitCode } = await sessions.aside(become, (session) => session.run({ body: script.text, output }));
  if (exitCode === 0) return;
  throw new RcmError(`Cannot ${doing} on the host: ${Buffer.concat(said).toString().trim()}`, {
    code: "step",
  });
}

function keyOf(file: LocalFile, become: Become | undefined): string {
  return `${placeOf(become)}\0${file.sha256}`;
}

function placeOf(become: Become | undefined): string {
  return become === undefined || become.user === "root" ? "" : become.user;
}
