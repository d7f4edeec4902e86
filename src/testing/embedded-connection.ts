import { connect } from "node:net";
import type ssh2 from "ssh2";
import { type Account, judgeLogin } from "./embedded-auth.ts";
import { runCommand } from "./embedded-exec.ts";
import type { EmbeddedHostOptions } from "./embedded-options.ts";
import type { HostFiles } from "./host-files.ts";
import { MARK } from "./processes.ts";
import { serveSftp } from "./sftp-server.ts";

/** One client's connection to an embedded host, and what the host knows. */
export interface EmbeddedConnection {
  readonly client: ssh2.Connection;
  readonly account: Account;
  readonly files: HostFiles;
  readonly options: EmbeddedHostOptions;
  readonly clientSoftware: string;
  say(text: string): void;
  record(command: string): void;
  /** Cuts the line, once what has been written to it is out. */
  drop(): void;
}

/** Lets a client log in, and serves what it asks for. */
export function serveConnection(connection: EmbeddedConnection): void {
  const { client, say } = connection;
  say("Connection");
  client.on("error", (error) => say(`Error: ${error.message}`));
  client.on("close", () => say("Disconnected"));
  client.on("authentication", (attempt) => logIn(connection, attempt));
  client.on("ready", () => serveChannels(connection));
}

function logIn({ account, say }: EmbeddedConnection, attempt: ssh2.AuthContext): void {
  const { allowed, what } = judgeLogin(attempt, account);
  say(what);
  if (allowed) attempt.accept();
  else attempt.reject(account.password === undefined ? ["publickey"] : ["publickey", "password"]);
}

function serveChannels(connection: EmbeddedConnection): void {
  const { client, options } = connection;
  // A channel whose data nobody reads does not close with its connection, so that commands are told from here.
  const openSessions = new Set<() => void>();
  client.on("session", (accept, reject) => {
    if (openSessions.size >= (options.maxSessions ?? 10)) reject();
    else serveSession(connection, accept(), openSessions);
  });
  client.on("tcpip", forward);
  client.on("close", () => {
    for (const letGo of openSessions) letGo();
  });
}

function serveSession(connection: EmbeddedConnection, session: ssh2.Session, open: Set<() => void>): void {
  let letGo = () => {};
  const whenClosed = () => {
    open.delete(whenClosed);
    letGo();
  };
  open.add(whenClosed);
  session.on("close", whenClosed);
  session.on("exec", (accept, _reject, { command }) => {
    connection.record(command);
    letGo = exec(connection, session, accept, command);
  });
  session.on("shell", (accept) => {
    letGo = exec(connection, session, accept, undefined);
  });
  // The "sftp" event would give ssh2's own server, which can not announce posix-rename and fsync.
  session.on("subsystem", (accept, reject, { name }) => {
    if (name !== "sftp") return reject();
    const { files, clientSoftware } = connection;
    void serveSftp(accept(), { dir: files.dir, openssh: /^(OpenSSH|dropbear)/.test(clientSoftware) });
  });
}

function exec(
  { files, options, account, drop, say }: EmbeddedConnection,
  session: ssh2.Session,
  accept: () => ssh2.ServerChannel,
  line: string | undefined,
): () => void {
  const shell = options.loginShell ?? "/bin/sh";
  say(line === undefined ? "Starting a shell" : "Starting a command");
  return runCommand({
    line,
    shell,
    cwd: files.dir,
    env: { ...environment(account.user, shell, files.dir), ...options.env, [MARK]: files.mark },
    fault: line === undefined ? undefined : options.fault?.(line),
    channel: accept(),
    session,
    drop,
  });
}

function environment(user: string, shell: string, home: string): Readonly<Record<string, string>> {
  const path = process.env.PATH ?? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  return { HOME: home, USER: user, LOGNAME: user, SHELL: shell, PATH: path };
}

function forward(accept: () => ssh2.ServerChannel, reject: () => void, to: ssh2.TcpipRequestInfo): void {
  const socket = connect({ host: to.destIP, port: to.destPort, noDelay: true, allowHalfOpen: true });
  socket.once("error", reject);
  socket.once("connect", () => {
    const channel = accept();
    channel.pipe(socket).pipe(channel);
    channel.on("close", () => socket.destroy());
    socket.on("error", () => channel.close());
  });
}
