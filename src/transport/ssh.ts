import { connect as connectTcp, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import ssh2, { type AuthHandlerMiddleware, type Client, type ClientChannel, type ConnectConfig } from "ssh2";
import { messageOf } from "../errors.ts";
import type { LocalFile } from "../shell/file.ts";
import { deferred } from "../util/deferred.ts";
import { authMethods, authRefused, type Credentials } from "./auth.ts";
import { type Channel, type ChannelEnd, type Connection, LINGER, type TrafficCounter } from "./connection.ts";
import { HostKeyJudge, type HostKeyPolicy } from "./host-key.ts";
import { sendThroughShell } from "./send.ts";
import { NoSftp, SftpSender } from "./sftp.ts";
import { authSlow, dropped, forwardingForbidden, lineLost, silent, unreachable } from "./trouble.ts";

/** Everything that is needed to open a line to a host. */
export interface SshTarget extends Credentials {
  readonly address: string;
  readonly port: number;
  readonly shell: string;
  readonly hostKeys: HostKeyPolicy;
  /** Milliseconds until the host must have answered and agreed on keys. */
  readonly connectTimeout: number;
  /** Milliseconds that logging in may take after that. */
  readonly authTimeout: number;
}

/** Seconds of silence × 3 after which a line counts as dead. */
const KEEPALIVE_MS = 15_000;

/**
 * Opens a connection to a host and logs in.
 *
 * @throws RcmError with code `unreachable`, `host-key` or `auth`
 */
export async function connectSsh(target: SshTarget, traffic: TrafficCounter): Promise<Connection> {
  const deadline = Date.now() + target.connectTimeout;
  const socket = await openSocket(target);
  traffic.connections += 1;
  const client = new ssh2.Client();
  const judge = new HostKeyJudge(target.hostKeys, target.address, target.port);
  try {
    await logIn(client, socket, target, judge, Math.max(1, deadline - Date.now()));
  } catch (error) {
    client.on("error", () => undefined);
    client.destroy();
    throw error;
  }
  return new SshConnection(client, socket, target, traffic);
}

/** A socket of our own: Nagle's algorithm must be off from the first byte on. */
async function openSocket({ address, port, connectTimeout }: SshTarget): Promise<Socket> {
  const socket = connectTcp({ host: address, port, noDelay: true });
  const settled = deferred<void>();
  socket.once("connect", settled.resolve);
  socket.once("error", (cause: NodeJS.ErrnoException) => settled.reject(unreachable(address, port, cause)));
  const timer = setTimeout(() => settled.reject(silent(address, port, connectTimeout)), connectTimeout);
  try {
    await settled.promise;
    return socket;
  } catch (error) {
    socket.on("error", () => undefined);
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function logIn(
  client: Client,
  socket: Socket,
  target: SshTarget,
  judge: HostKeyJudge,
  handshakeBudget: number,
): Promise<void> {
  const settled = deferred<void>();
  const { address, port, user, authTimeout } = target;
  let shook = false;
  let timer = setTimeout(() => settled.reject(silent(address, port, target.connectTimeout)), handshakeBudget);
  client.once("handshake", () => {
    shook = true;
    clearTimeout(timer);
    timer = setTimeout(() => settled.reject(authSlow(target)), authTimeout);
  });
  client.once("ready", settled.resolve);
  client.on("error", (cause: Error & { level?: string }) => {
    if (judge.refusal) settled.reject(judge.refusal);
    else if (cause.level === "client-authentication") settled.reject(authRefused(target));
    else settled.reject(unreachable(address, port, cause));
  });
  client.once("close", () => settled.reject(judge.refusal ?? dropped(address, port, shook)));
  const methods = authMethods(target);
  client.connect({
    sock: socket,
    username: user,
    readyTimeout: 0, // the budgets above are ours
    keepaliveInterval: KEEPALIVE_MS,
    keepaliveCountMax: 3,
    authHandler: methods as unknown as AuthHandlerMiddleware,
    hostVerifier: judge.verify,
    algorithms: { serverHostKey: judge.algorithms },
  } as ConnectConfig);
  try {
    await settled.promise;
    await judge.remember();
  } finally {
    clearTimeout(timer);
  }
}

class SshConnection implements Connection {
  readonly traffic: TrafficCounter;
  readonly lost: Promise<Error>;
  readonly #client: Client;
  readonly #socket: Socket;
  readonly #target: SshTarget;
  readonly #sftp: SftpSender;
  #sftpMissing = false;
  #down = false;
  #reason: Error | undefined;

  constructor(client: Client, socket: Socket, target: SshTarget, traffic: TrafficCounter) {
    this.traffic = traffic;
    this.#client = client;
    this.#socket = socket;
    this.#target = target;
    const lost = deferred<Error>();
    this.lost = lost.promise;
    this.#sftp = new SftpSender(client, lost.promise);
    client.on("error", (error: Error) => {
      this.#reason ??= error;
    });
    // The socket tells first, so that a channel that closes after it is known to be cut short.
    for (const event of ["end", "close", "error"]) socket.prependListener(event, () => this.#wentDown());
    client.once("close", () => {
      this.#wentDown();
      lost.resolve(lineLost(target, this.#reason));
    });
  }

  async open(command: string): Promise<Channel> {
    const channel = await this.#race(
      new Promise<ClientChannel>((resolve, reject) => {
        this.#client.exec(command, (error, opened) => (error ? reject(error) : resolve(opened)));
      }),
    );
    this.traffic.channels += 1;
    const ended = deferred<ChannelEnd>();
    let code: number | undefined;
    let signal: string | undefined;
    const isDown = (): boolean => this.#down;
    const end = (): void =>
      ended.resolve({ code, signal, whole: !isDown() && (code ?? signal) !== undefined });
    channel.on("exit", (status: number | null, name?: string) => {
      code = status ?? undefined;
      signal = name;
      setTimeout(end, LINGER).unref();
    });
    channel.once("close", end);
    void this.lost.then(() => ended.resolve({ code, signal, whole: false }));
    channel.on("error", () => undefined); // its close tells
    return {
      stdin: channel,
      stdout: channel,
      stderr: channel.stderr,
      ended: ended.promise,
      close: () => channel.close(),
    };
  }

  async put(file: LocalFile, path: string): Promise<void> {
    if (!this.#sftpMissing) {
      try {
        return await this.#race(this.#sftp.put(file, path));
      } catch (error) {
        if (!(error instanceof NoSftp)) throw error;
        this.#sftpMissing = true;
      }
    }
    await sendThroughShell(this, file, path, { shell: this.#target.shell, become: undefined });
  }

  async reaches(address: string, port: number, timeout: number): Promise<boolean> {
    const attempt = new Promise<boolean>((resolve, reject) => {
      this.#client.forwardOut("127.0.0.1", 0, address, port, (error, stream) => {
        if (!error) {
          stream.on("error", () => undefined);
          stream.destroy();
          return resolve(true);
        }
        // Reason 1: the server forbids it, so this says nothing of the port.
        if ((error as { reason?: unknown }).reason === 1) return reject(forwardingForbidden());
        resolve(false);
      });
    });
    const patience = new AbortController();
    const late = delay(timeout, false, { signal: patience.signal }).catch(() => false);
    return await this.#race(Promise.race([attempt, late])).finally(() => patience.abort());
  }

  close(): void {
    this.#client.end();
    // No waiting for a polite close, which a dead line never brings; ssh2's own destroy() does nothing after end().
    this.#socket.destroy();
  }

  #wentDown(): void {
    if (this.#down) return;
    this.#down = true;
    this.traffic.bytesIn += this.#socket.bytesRead;
    this.traffic.bytesOut += this.#socket.bytesWritten;
  }

  /** Once the line is down, that is why anything fails: ssh2 and what stands on it then say things of their own. */
  async #race<T>(operation: Promise<T>): Promise<T> {
    const lost = this.lost.then((error) => {
      throw error;
    });
    return await Promise.race([operation, lost]).catch((error: unknown) => {
      throw this.#down || messageOf(error) === "Not connected" ? lineLost(this.#target, this.#reason) : error;
    });
  }
}
