import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { userInfo } from "node:os";
import ssh2 from "ssh2";
import { atExit } from "./at-exit.ts";
import { serveConnection } from "./embedded-connection.ts";
import type { EmbeddedHostOptions } from "./embedded-options.ts";
import { type HostFiles, makeHostFiles, removeHostFiles, writeKnownHosts } from "./host-files.ts";
import { HostLog } from "./host-log.ts";
import { killAll } from "./processes.ts";
import type { TestHost } from "./test-host.ts";

/** A test host inside this process, that can misbehave and tells what was asked of it. */
export interface EmbeddedHost extends TestHost {
  readonly kind: "embedded";
  /** How many SSH connections have been begun, those that did not get to log in included. */
  readonly connections: number;
  /** The command lines that were run, in order. */
  readonly execs: readonly string[];
}

/**
 * Starts an SSH host inside this process: real commands, files and keys, without sshd.
 *
 * @example
 * await using host = await embeddedHost({ fault: (command) => (command === "uptime" ? "noExit" : undefined) });
 */
export async function embeddedHost(options: EmbeddedHostOptions = {}): Promise<EmbeddedHost> {
  const host = new InProcessHost(makeHostFiles({ hostKey: options.hostKey }), options);
  await host.up();
  return host;
}

class InProcessHost implements EmbeddedHost {
  readonly kind = "embedded";
  readonly address = "127.0.0.1";
  readonly user: string;
  readonly privateKey: string;
  readonly knownHosts: string;
  readonly dir: string;
  readonly execs: string[] = [];
  port = 0;
  connections = 0;
  readonly #files: HostFiles;
  readonly #options: EmbeddedHostOptions;
  readonly #log = new HostLog();
  readonly #sockets = new Map<number, Socket>();
  readonly #ssh: ssh2.Server;
  readonly #finish: () => void;
  #listener: Server | undefined;

  constructor(files: HostFiles, options: EmbeddedHostOptions) {
    this.#files = files;
    this.#options = options;
    this.user = options.user ?? userInfo().username;
    ({ privateKey: this.privateKey, knownHosts: this.knownHosts, dir: this.dir } = files);
    const hostKeys = [readFileSync(files.hostKey, "utf8")];
    this.#ssh = new ssh2.Server({ hostKeys, ident: "rcm_test" }, (client, info) => this.#serve(client, info));
    this.#finish = atExit(() => {
      killAll(files.mark, []);
      removeHostFiles(files);
    });
  }

  log(): string {
    return this.#log.text;
  }

  logged(pattern: RegExp): Promise<void> {
    return this.#log.seen(pattern);
  }

  dropConnections(): void {
    for (const socket of this.#sockets.values()) socket.destroy();
  }

  async down(): Promise<void> {
    const closed = this.#listener && once(this.#listener, "close");
    this.#listener?.close();
    this.#listener = undefined;
    this.dropConnections();
    killAll(this.#files.mark, []);
    await closed;
  }

  async up(): Promise<void> {
    const listener = createServer({ noDelay: true }, (socket) => this.#accept(socket));
    listener.listen(this.port, this.address);
    await once(listener, "listening");
    this.#listener = listener.unref();
    this.port = (listener.address() as AddressInfo).port;
    writeKnownHosts(this.#files, this.port, readFileSync(this.#files.hostKey, "utf8"));
    this.#log.add(`Server listening on ${this.address} port ${this.port}.\n`);
  }

  async stop(): Promise<void> {
    await this.down();
    this.#finish();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /** ssh2's own listener keeps its sockets to itself; these can be cut. */
  #accept(socket: Socket): void {
    const port = socket.remotePort ?? 0;
    this.connections++;
    this.#sockets.set(port, socket);
    socket.once("close", () => this.#sockets.delete(port));
    this.#ssh.injectSocket(socket);
  }

  #serve(client: ssh2.Connection, { port, header }: ssh2.ClientInfo): void {
    const socket = this.#sockets.get(port);
    const { user, execs } = this;
    const files = this.#files;
    const options = this.#options;
    serveConnection({
      client,
      account: {
        user,
        password: options.password,
        authorizedKeys: readFileSync(files.authorizedKeys, "utf8"),
      },
      files,
      options,
      clientSoftware: header.versions.software,
      say: (text) => this.#log.add(`[${port}] ${text}\n`),
      record: (command) => execs.push(command),
      drop: () => socket?.destroySoon(),
    });
  }
}
