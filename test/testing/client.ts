import { readFileSync } from "node:fs";
import ssh2 from "ssh2";
import type { TestHost } from "../../src/testing/test-host.ts";

/** What a command came to, as an ssh2 client sees it. */
export interface Outcome {
  readonly code: number | null | undefined;
  readonly signal: string | undefined;
  readonly exited: boolean;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Logs into a test host; the connection ends with the block. */
export async function client(
  host: TestHost,
  change: Partial<ssh2.ConnectConfig> = {},
): Promise<ssh2.Client & AsyncDisposable> {
  const connection = new ssh2.Client();
  await new Promise<void>((resolve, reject) => {
    connection.once("ready", resolve).on("error", reject);
    connection.connect({
      host: host.address,
      port: host.port,
      username: host.user,
      privateKey: readFileSync(host.privateKey),
      hostVerifier: (key: Buffer) => readFileSync(host.knownHosts, "utf8").includes(key.toString("base64")),
      ...change,
    });
  });
  connection.setNoDelay(true);
  const closed = new Promise<void>((resolve) => connection.once("close", () => resolve()));
  const end = (): Promise<void> => {
    connection.end();
    return closed;
  };
  return Object.assign(connection, { [Symbol.asyncDispose]: end });
}

/** Opens a channel to a port of the loopback, as seen from the host. */
export function forward(connection: ssh2.Client, port: number): Promise<ssh2.ClientChannel> {
  return new Promise((resolve, reject) => {
    connection.forwardOut("127.0.0.1", 0, "127.0.0.1", port, (error, channel) =>
      error ? reject(error) : resolve(channel),
    );
  });
}

/** Opens a channel for a command. */
export function start(connection: ssh2.Client, command: string): Promise<ssh2.ClientChannel> {
  return new Promise((resolve, reject) => {
    connection.exec(command, (error, channel) => (error ? reject(error) : resolve(channel)));
  });
}

/** Runs a command to its end. */
export async function run(
  connection: ssh2.Client,
  command: string,
  input?: Buffer | string,
): Promise<Outcome> {
  const channel = await start(connection, command);
  const outcome = outcomeOf(channel);
  channel.end(input);
  return outcome;
}

/** Waits for a command's end. */
export function outcomeOf(channel: ssh2.ClientChannel): Promise<Outcome> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  let exited = false;
  channel.on("data", (chunk: Buffer) => stdout.push(chunk));
  channel.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
  channel.on("exit", () => {
    exited = true;
  });
  return new Promise((resolve) => {
    channel.on("close", (code: number | null | undefined, signal: string | undefined) =>
      resolve({
        code,
        signal,
        exited,
        stdout: Buffer.concat(stdout),
        stderr: Buffer.concat(stderr).toString(),
      }),
    );
  });
}

/** Opens SFTP. */
export function sftpOf(connection: ssh2.Client): Promise<ssh2.SFTPWrapper> {
  return new Promise((resolve, reject) => {
    connection.sftp((error, sftp) => (error ? reject(error) : resolve(sftp)));
  });
}

/** Turns one of ssh2's calls with a callback into a promise. */
export function call<T = void>(
  start: (done: (error?: Error | null, value?: T) => void) => unknown,
): Promise<T> {
  return new Promise((resolve, reject) => {
    start((error, value) => (error ? reject(error) : resolve(value as T)));
  });
}

/** Whether a process is there, and not only as a zombie. */
export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}
