import type { Duplex } from "node:stream";
import type { Script } from "../shell/script.ts";
import type { Secrets } from "./secrets.ts";

/** What a script came to that a `run` module had executed. */
export interface ExecResult {
  readonly exitCode: number;
  /** The end of its output, at most 64 KiB. */
  readonly stdout: string;
  readonly stderr: string;
}

/** How a host is to be rebooted; all times in milliseconds. */
export interface RebootRequest {
  /** The script that reboots it. */
  readonly script: Script;
  /** How long it may take until the host is back. */
  readonly timeout: number;
  /** How long to wait before the first try to reach it again. */
  readonly settle: number;
  /** Must succeed after the reboot. */
  readonly test: Script | undefined;
}

/** The narrow view of a host that a `run` module gets. */
export interface RunHost {
  readonly name: string;
  /** Aborts when the step is timed out or cancelled. */
  readonly signal: AbortSignal;
  /** Those that the step's option `secrets` gives it. */
  readonly secrets: Secrets;
  /** Runs a script, as the step's user, in its directory and environment. */
  exec(script: Script): Promise<ExecResult>;
  /**
   * Writes what a script prints into a local file, whole and byte by byte, however much it is.
   *
   * @throws RcmError when the script fails: what it said on standard error
   */
  download(script: Script, dest: string): Promise<void>;
  /**
   * Opens a TCP connection from the host, to an address as the host sees it. It is closed when the signal aborts.
   *
   * @throws Error when nothing takes it there; RcmError with code `step` when the host forbids such connections
   */
  connect(address: string, port: number, signal?: AbortSignal): Promise<Duplex>;
  /** Can such a connection be opened, within so many milliseconds? */
  reaches(address: string, port: number, timeout: number): Promise<boolean>;
  /** Reboots the host and returns when it is back with another boot id. */
  reboot(request: RebootRequest): Promise<void>;
  /** Adds to the step's output. */
  log(text: string): void;
}

/** What a `run` module gives. */
export interface RunResult<Output = unknown> {
  readonly changed: boolean;
  /** One line for people. */
  readonly message: string;
  readonly output?: Output;
  /** Present when the step failed: why. */
  readonly error?: string;
}
