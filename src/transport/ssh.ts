import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import ssh2, { type Client, type ClientChannel } from "ssh2";
import { messageOf, RcmError } from "../errors.ts";
import type { LocalFile } from "../shell/file.ts";
import { deferred } from "../util/deferred.ts";
import { type Channel, type ChannelEnd, type Connection, LINGER, type TrafficCounter } from "./connection.ts";
import { HostKeyJudge, type HostKeyPolicy } from "./host-key.ts";
import { type Login, type LoginTarget, logIn } from "./login.ts";
import { sendThroughShell } from "./send.ts";
import { type Helpers, SftpSender } from "./sftp.ts";
import { NoSftp, type SftpChannel } from "./sftp-channel.ts";
import { type Opened, openSocket } from "./socket.ts";
import { forwardingForbidden, lineLost, noAnswer } from "./trouble.ts";

/** Everything that is needed to open a line to a host. */
export interface SshTarget extends LoginTarget {
  readonly shell: string;
  readonly hostKeys: HostKeyPolicy;
  /** One that was opened before. */
  readonly socket?: Promise<Opened> | undefined;
}

/** Milliseconds for the kernel to take what was written last. */
const FLUSH_MS = 1000;

/**
 * Opens a connection to a host and logs in. Where the host is known to bear it, the connection can be used before the
 * login is through, and its `ready` tells when it is.
 *
 * @throws RcmError with code `unreachable`, `host-key` or `auth`
 */
export async function connectSsh(target: SshTarget, traffic: TrafficCounter): Promise<Connection> {
  const deadline = Date.now() + target.connectTimeout;
  const { socket, roundTrip } = await (target.socket ?? openSocket(target));
  traffic.connections += 1;
  const client = new ssh2.Client();
  const judge = new HostKeyJudge(target.hostKeys, target.address, target.port);
  try {
    const login = logIn(client, socket, target, judge, Math.max(1, deadline - Date.now()));
    await login.shaken;
    // A key that is not known yet is written down before anything is done there.
    if (judge.isNew || !login.headStart?.isPossible) await login.done;
    return new SshConnection(client, socket, target, login, traffic, roundTrip);
  } catch (error) {
    client.on("error", () => undefined);
    client.destroy();
    throw error;
  }
}

class SshConnection implements Connection {
  readonly traffic: TrafficCounter;
  readonly ready: Promise<void>;
  readonly lost: Promise<Error>;
  readonly #client: Client;
  readonly #socket: Socket;
  readonly #target: SshTarget;
  readonly #login: Login;
  readonly #sftp: SftpSender;
  #sftpMissing = false;
  #down = false;
  #isCounted = false;
  #isLoggedIn = false;
  #reason: Error | undefined;

  constructor(
    client: Client,
    socket: Socket,
    target: SshTarget,
    login: Login,
    traffic: TrafficCounter,
    roundTrip: number,
  ) {
    this.traffic = traffic;
    this.#login = login;
    this.#client = client;
    this.#socket = socket;
    this.#target = target;
    this.ready = login.done;
    login.done.then(
      () => {
        this.#isLoggedIn = true;
      },
      (error: Error) => {
        this.#reason = error;
        client.destroy();
      },
    );
    const lost = deferred<Error>();
    this.lost = lost.promise;
    this.#sftp = new SftpSender(client, { lost: lost.promise, traffic, roundTrip });
    client.on("error", (error: Error) => {
      this.#reason ??= error;
    });
    // The socket tells first, so that a channel that closes after it is known to be cut short.
    for (const event of ["end", "close", "error"]) socket.prependListener(event, () => this.#wentDown());
    client.once("close", () => {
      this.#wentDown();
      lost.resolve(this.#whyLost());
    });
  }

  async open(command: string): Promise<Channel> {
    const { headStart } = this.#login;
    if (!this.#isLoggedIn && headStart?.isPossible) {
      const { stdin, stdout, stderr, opened } = headStart.open(command);
      this.traffic.channels += 1;
      const close = (): void => void opened.then((channel) => channel.close()).catch(() => undefined);
      return { stdin, stdout, stderr, ended: this.#endOf(opened), close };
    }
    const channel = await this.#race(
      this.ready.then(
        () =>
          new Promise<ClientChannel>((resolve, reject) => {
            this.#client.exec(command, (error, opened) => (error ? reject(error) : resolve(opened)));
          }),
      ),
    );
    this.traffic.channels += 1;
    return {
      stdin: channel,
      stdout: channel,
      stderr: channel.stderr,
      ended: this.#endOf(Promise.resolve(channel)),
      close: () => channel.close(),
    };
  }

  expectFiles(): void {
    const expect = (): void => this.#sftp.expect();
    if (!this.#sftpMissing) this.ready.then(expect).catch(() => undefined); // whoever sends a file is told
  }

  async put(file: LocalFile, path: string, helper?: (i: number) => Promise<Connection>): Promise<void> {
    if (!this.#sftpMissing) {
      try {
        const helpers = helper && helpersFrom(helper);
        return await this.#race(this.ready.then(() => this.#sftp.put(file, path, helpers)));
      } catch (error) {
        if (!(error instanceof NoSftp)) throw error;
        this.#sftpMissing = true;
      }
    }
    await sendThroughShell(this, file, path, { shell: this.#target.shell, become: undefined });
  }

  /** Channels for files that another connection sends. */
  async channels(count: number): Promise<readonly Promise<SftpChannel>[]> {
    await this.ready;
    return this.#sftp.channels(count);
  }

  async forward(address: string, port: number): Promise<Duplex> {
    await this.#race(this.ready);
    const opening = new Promise<Duplex>((resolve, reject) => {
      this.#client.forwardOut("127.0.0.1", 0, address, port, (error, stream) => {
        if (!error) return resolve(stream);
        // Reason 1: the server forbids it, so this says nothing of the port.
        const isForbidden = (error as { reason?: unknown }).reason === 1;
        reject(isForbidden ? forwardingForbidden() : noAnswer(address, port, error));
      });
    });
    const stream = await this.#race(opening);
    this.traffic.channels += 1;
    return stream;
  }

  /**
   * No waiting for a polite close, which a dead line never brings: what was written is left to the kernel. No message
   * of disconnection either, since sshd drops for it what it has read and not passed on yet.
   */
  close(): void {
    this.#countBytes();
    const end = (): void => {
      clearTimeout(late);
      this.#socket.destroy();
    };
    const late = setTimeout(end, FLUSH_MS);
    this.#socket.end(end);
  }

  /** Watches a channel from its opening to its end. */
  async #endOf(opened: Promise<ClientChannel>): Promise<ChannelEnd> {
    const ended = deferred<ChannelEnd>();
    let code: number | undefined;
    let signal: string | undefined;
    const end = (): void =>
      ended.resolve({ code, signal, whole: !this.#down && (code ?? signal) !== undefined });
    void this.lost.then(() => ended.resolve({ code, signal, whole: false }));
    opened.then(
      (channel) => {
        channel.on("exit", (status: number | null, name?: string) => {
          code = status ?? undefined;
          signal = name;
          setTimeout(end, LINGER).unref();
        });
        channel.once("close", end);
        channel.on("error", () => undefined); // its close tells
      },
      () => ended.resolve({ code, signal, whole: false }),
    );
    return await ended.promise;
  }

  #whyLost(): RcmError {
    return this.#reason instanceof RcmError ? this.#reason : lineLost(this.#target, this.#reason);
  }

  #wentDown(): void {
    if (this.#down) return;
    this.#down = true;
    this.#countBytes();
  }

  /** Once: when we are through with the line, or it goes. */
  #countBytes(): void {
    if (this.#isCounted) return;
    this.#isCounted = true;
    this.traffic.bytesIn += this.#socket.bytesRead;
    this.traffic.bytesOut += this.#socket.bytesWritten;
  }

  /** Once the line is down, that is why anything fails: ssh2 and what stands on it then say things of their own. */
  async #race<T>(operation: Promise<T>): Promise<T> {
    const lost = this.lost.then((error) => {
      throw error;
    });
    return await Promise.race([operation, lost]).catch((error: unknown) => {
      throw this.#down || messageOf(error) === "Not connected" ? this.#whyLost() : error;
    });
  }
}

function helpersFrom(helper: (i: number) => Promise<Connection>): Helpers {
  return (connections, count) =>
    Array.from({ length: connections }, (_, i) => helper(i)).flatMap((opening) => {
      const channels = opening.then((one) => (one instanceof SshConnection ? one.channels(count) : []));
      return Array.from({ length: count }, async (_, i) => await required((await channels)[i]));
    });
}

async function required(channel: Promise<SftpChannel> | undefined): Promise<SftpChannel> {
  if (channel) return await channel;
  throw new Error("it is no SSH connection");
}
