/**
 * A throw-away SSH host on the loopback: an account that can be logged into with {@link TestHost.privateKey}.
 * `await using host = await sshHost()` stops it, and removes what it made, when the block ends.
 */
export interface TestHost extends AsyncDisposable {
  readonly kind: "openssh" | "embedded";
  readonly address: "127.0.0.1";
  readonly port: number;
  readonly user: string;
  /** The path of a private key that may log in. */
  readonly privateKey: string;
  /** The path of a known_hosts file that holds this host's key. */
  readonly knownHosts: string;
  /** A directory of its own for files that a test makes; `$HOME` of the commands that run on the host. */
  readonly dir: string;
  /** What the server has logged so far. */
  log(): string;
  /** Waits until the server's log, read from its start, matches. */
  logged(pattern: RegExp): Promise<void>;
  /** Cuts every open connection, as a lost line does; the host goes on listening. */
  dropConnections(): void;
  /** Cuts every connection and stops listening, as a reboot does; `up` ends it. */
  down(): Promise<void>;
  /** Listens again, on the same port and with the same host key, after `down`. */
  up(): Promise<void>;
  /** Ends the server and every process that was started on the host, and removes the host's files. */
  stop(): Promise<void>;
}

/** What every kind of test host can be told. */
export interface TestHostOptions {
  /** Variables for the commands that run on the host. */
  readonly env?: Readonly<Record<string, string>>;
  /** The host's private key as text, instead of a new ed25519 one. */
  readonly hostKey?: string;
  /** The program that runs the command lines (`shell -c command`), instead of the account's own or `/bin/sh`. */
  readonly loginShell?: string;
}
