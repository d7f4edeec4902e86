import { readFileSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { RcmError } from "../errors.ts";
import { atExit } from "./at-exit.ts";
import { freePort } from "./free-port.ts";
import { type HostFiles, makeHostFiles, removeHostFiles, writeKnownHosts } from "./host-files.ts";
import { HostLog } from "./host-log.ts";
import { killAll } from "./processes.ts";
import { type OpensshHostOptions, sshdConfig } from "./sshd-config.ts";
import { type Sshd, sshdPath, startSshd } from "./sshd-process.ts";
import type { TestHost } from "./test-host.ts";

/** Whether this machine has OpenSSH's server. */
export function hasSshd(): boolean {
  return sshdPath() !== undefined;
}

/**
 * Starts a real sshd on the loopback, as the current user.
 *
 * @example
 * await using host = await opensshHost({ sshdOptions: { MaxSessions: "3" } });
 */
export async function opensshHost(options: OpensshHostOptions = {}): Promise<TestHost> {
  const sshd = sshdPath();
  if (!sshd) throw new RcmError("Cannot start an OpenSSH test host: there is no sshd", { code: "usage" });
  const user = options.user ?? userInfo().username;
  const owner = options.user === undefined ? undefined : accountOf(user);
  const files = makeHostFiles({ hostKey: options.hostKey, owner });
  const host = new OpensshHost(sshd, user, files, options);
  try {
    await host.choosePort();
  } catch (error) {
    await host.stop();
    throw error;
  }
  return host;
}

class OpensshHost implements TestHost {
  readonly kind = "openssh";
  readonly address = "127.0.0.1";
  readonly user: string;
  readonly privateKey: string;
  readonly knownHosts: string;
  readonly dir: string;
  port = 0;
  readonly #sshd: string;
  readonly #files: HostFiles;
  readonly #options: OpensshHostOptions;
  readonly #log = new HostLog();
  readonly #finish: () => void;
  #server: Sshd | undefined;

  constructor(sshd: string, user: string, files: HostFiles, options: OpensshHostOptions) {
    this.user = user;
    this.#sshd = sshd;
    this.#files = files;
    this.#options = options;
    ({ privateKey: this.privateKey, knownHosts: this.knownHosts, dir: this.dir } = files);
    this.#finish = atExit(() => {
      killAll(files.mark, this.#server ? [this.#server.pid] : []);
      removeHostFiles(files);
    });
  }

  /** A port that was free may be taken before sshd binds it: try again with another. */
  async choosePort(): Promise<void> {
    for (let tries = 1; ; tries++) {
      this.port = await freePort();
      writeKnownHosts(this.#files, this.port, readFileSync(this.#files.hostKey, "utf8"));
      if (await this.#start()) return;
      const taken = /Address already in use/.test(this.log());
      if (!taken || tries === 5) throw this.#refused();
    }
  }

  log(): string {
    return this.#log.text;
  }

  logged(pattern: RegExp): Promise<void> {
    return this.#log.seen(pattern);
  }

  dropConnections(): void {
    this.#server?.dropConnections();
  }

  async down(): Promise<void> {
    await this.#server?.end(this.#files.mark);
    this.#server = undefined;
  }

  async up(): Promise<void> {
    if (!(await this.#start())) throw this.#refused();
  }

  async stop(): Promise<void> {
    await this.down();
    this.#finish();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #start(): Promise<boolean> {
    const conf = join(this.#files.base, "sshd_config");
    writeFileSync(conf, sshdConfig(this.#files, this.port, this.#options));
    this.#server = await startSshd(this.#sshd, conf, this.#log);
    return this.#server !== undefined;
  }

  #refused(): RcmError {
    return new RcmError(`sshd did not start:\n${this.log()}`, { code: "usage" });
  }
}

function accountOf(user: string): { readonly uid: number; readonly gid: number } {
  const line = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((entry) => entry.startsWith(`${user}:`));
  const [, , uid, gid] = line?.split(":") ?? [];
  if (!uid || !gid) throw new RcmError(`There is no account "${user}" on this machine`, { code: "usage" });
  return { uid: Number(uid), gid: Number(gid) };
}
