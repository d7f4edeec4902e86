import type { Duplex, Readable, Writable } from "node:stream";
import type { LocalFile } from "../shell/file.ts";
import { TimeSheet } from "../util/time-sheet.ts";

/** What a host's lines carried so far. */
export interface TrafficCounter {
  connections: number;
  channels: number;
  roundTrips: number;
  bytesOut: number;
  bytesIn: number;
  /** What the time went into. */
  readonly times: TimeSheet;
}

/** The counter of a host that nothing was asked of yet. */
export function noTraffic(): TrafficCounter {
  return { connections: 0, channels: 0, roundTrips: 0, bytesOut: 0, bytesIn: 0, times: new TimeSheet() };
}

/**
 * Milliseconds that a channel may stay open after its process has ended: children in the background can hold its
 * output for ever.
 */
export const LINGER = 2000;

/** How a channel came to its end. */
export interface ChannelEnd {
  /** Exit status of the process, when the server told one. */
  readonly code: number | undefined;
  readonly signal: string | undefined;
  /** True when it closed while the line was up: then nothing of its output is missing. */
  readonly whole: boolean;
}

/** One process on the host, by its three streams. */
export interface Channel {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly ended: Promise<ChannelEnd>;
  /** Lets go of the channel; the process on the host is not ended by that. */
  close(): void;
}

/** One open line to a host. */
export interface Connection {
  readonly traffic: TrafficCounter;
  /**
   * Settles when the user is logged in, or rejects with why not. A connection may be used before: then what is asked
   * of it fails for the same reason.
   */
  readonly ready: Promise<void>;
  /** Settles when the line is gone, with the reason. Never rejects. */
  readonly lost: Promise<Error>;
  /** Runs a command line: constant, short, ASCII; everything variable goes over its standard input. */
  open(command: string): Promise<Channel>;
  /** Files may have to be sent soon: what that takes is made ready. Nobody waits for it, and nothing fails for it. */
  expectFiles(): void;
  /**
   * Sends a file: it is written with permissions 0600. Its directory must be a private one; it is made unless it is
   * there, so its name must be one that nobody can guess.
   *
   * @param helper opens a further connection to the host, by its number from 0; a big file may be spread over several
   */
  put(file: LocalFile, path: string, helper?: (i: number) => Promise<Connection>): Promise<void>;
  /**
   * Opens a TCP connection from the host to an address as the host sees it.
   *
   * @throws NoAnswer when nothing takes it there; RcmError with code `step` when the host forbids it
   */
  forward(address: string, port: number): Promise<Duplex>;
  close(): void;
}

/** Which user a session belongs to. */
export interface Become {
  readonly user: string;
  readonly password: string | undefined;
}
