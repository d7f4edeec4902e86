import type ssh2 from "ssh2";

/**
 * How an embedded host can misbehave with one command:
 * `noExit` runs it and closes the channel without an exit status;
 * `exitThenDrop` sends exit status 0 and half of the output, then cuts the line;
 * `neverAnswer` takes the command, and does and says nothing;
 * `dropAfter` cuts the line after so many bytes of output.
 */
export type Fault = "noExit" | "exitThenDrop" | "neverAnswer" | { readonly dropAfter: number };

/** Where a command's output and exit status go. */
export interface Outlet {
  write(to: "stdout" | "stderr", chunk: Buffer): Promise<void>;
  exit(status: number | NodeJS.Signals): void;
  end(): Promise<void>;
}

/** The way out through a channel, with the fault that was asked for. */
export function outlet(channel: ssh2.ServerChannel, fault: Fault | undefined, drop: () => void): Outlet {
  const honest = honestOutlet(channel);
  if (fault === "noExit") return { ...honest, exit: () => {} };
  if (fault === "exitThenDrop") return halvingOutlet(honest, drop);
  if (typeof fault === "object") return cuttingOutlet(honest, fault.dropAfter, drop);
  return honest;
}

function honestOutlet(channel: ssh2.ServerChannel): Outlet {
  let last: Promise<void> = Promise.resolve();
  return {
    write: (to, chunk) => {
      last = last.then(() => send(channel, to, chunk));
      return last;
    },
    exit: (status) => {
      if (typeof status === "number") channel.exit(status);
      else channel.exit(status.replace(/^SIG/, ""), false, "");
    },
    end: async () => {
      await last;
      channel.end();
    },
  };
}

/**
 * One write at a time. ssh2 keeps one note of what still waits for the client's window for both streams, and keeps
 * it when it is done: without this, output that was sent already is sent again. Never ends once the line is gone.
 */
function send(channel: ssh2.ServerChannel, to: "stdout" | "stderr", chunk: Buffer): Promise<void> {
  return new Promise((resolve) => {
    const stream = to === "stdout" ? channel : channel.stderr;
    stream.write(chunk, () => {
      Object.assign(channel, {
        _chunk: undefined,
        _chunkcb: undefined,
        _chunkErr: undefined,
        _chunkcbErr: undefined,
      });
      resolve();
    });
  });
}

function halvingOutlet(out: Outlet, drop: () => void): Outlet {
  const kept: Buffer[] = [];
  return {
    write: async (_to, chunk) => {
      kept.push(chunk);
    },
    exit: () => {},
    end: async () => {
      const whole = Buffer.concat(kept);
      out.exit(0);
      await out.write("stdout", whole.subarray(0, whole.length / 2));
      drop();
    },
  };
}

function cuttingOutlet(out: Outlet, limit: number, drop: () => void): Outlet {
  let left = limit;
  return {
    ...out,
    write: async (to, chunk) => {
      const part = chunk.subarray(0, left);
      left -= part.length;
      await out.write(to, part);
      if (left === 0) drop();
    },
  };
}
