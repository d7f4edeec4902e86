/** A stream to print on: `process.stdout`, `process.stderr`, or what a test makes of it. */
export interface Output {
  write(text: string, done?: () => void): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  on?(event: "resize" | "error", listener: () => void): unknown;
  off?(event: "resize" | "error", listener: () => void): unknown;
}

/** Where reporters have the time from, so that tests can make it pass. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls back after some milliseconds; the returned function calls it off. */
  after(ms: number, callback: () => void): () => void;
}

/** The clock on the wall; its timers keep no process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms).unref();
    return () => clearTimeout(timer);
  },
};

/** How and where a reporter prints. */
export interface ReporterOptions {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly colour: boolean;
  /** 0: results. 1: also output, starts and what an earlier run had done. 2: also connections. */
  readonly verbosity: number;
  /** Show what changed in the recap. */
  readonly diff: boolean;
  /** Show after the recap what the time went into. */
  readonly profile?: boolean;
  /** False for a terminal that has only ASCII. */
  readonly unicode?: boolean;
  readonly clock?: Clock;
  /** rcm's own version, for the head of the ndjson stream. */
  readonly version?: string;
}

/** Waits until everything written so far has left the process. */
export async function flushed(output: Output): Promise<void> {
  await new Promise<void>((resolve) => output.write("", () => resolve()));
}
