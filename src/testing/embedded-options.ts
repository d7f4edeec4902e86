import type { Fault } from "./embedded-outlet.ts";
import type { TestHostOptions } from "./test-host.ts";

/** What an embedded test host can be told. */
export interface EmbeddedHostOptions extends TestHostOptions {
  /** The name that may log in; the current user's without it. Commands run as the current user all the same. */
  readonly user?: string;
  /** A password that may log in too. */
  readonly password?: string;
  /** How many channels for commands and SFTP one connection may have open; 10 as sshd's `MaxSessions`. */
  readonly maxSessions?: number;
  /** How the host misbehaves while it runs a command, if at all. */
  readonly fault?: (command: string) => Fault | undefined;
}
