import { randomBytes } from "node:crypto";
import { createWriteStream } from "node:fs";
import { Transform, type TransformCallback } from "node:stream";
import { pipeline } from "node:stream/promises";
import { messageOf, RcmError } from "../errors.ts";
import { quote } from "../shell/script.ts";
import { Tail } from "../util/tail.ts";
import { becomeCommand, becomeUser } from "./become.ts";
import type { Become, Connection } from "./connection.ts";

/** What is to be received, and how. */
export interface Receiving {
  /** A script that prints the bytes. */
  readonly body: string;
  /** The local file that they go into; it is made, or emptied. */
  readonly dest: string;
  readonly shell: string;
  readonly become: Become | undefined;
  /** When it aborts, the channel is closed, and the script's next write ends it. */
  readonly signal: AbortSignal;
}

/**
 * Writes what a script prints into a local file, byte by byte as it is, over a channel of its own: so it may be large,
 * and it is read as the given user.
 *
 * @throws RcmError with code `step` when the script fails or the file cannot be written, `unreachable` when the line goes
 */
export async function receive(
  connection: Connection,
  { body, dest, shell, become, signal }: Receiving,
): Promise<void> {
  const prompt = randomBytes(8).toString("hex");
  const channel = await connection.open(become ? becomeCommand(become, shell, prompt) : `exec ${shell}`);
  if (become) await becomeUser(channel, become, prompt);
  const said = new Tail(4096);
  channel.stderr.on("data", (chunk: Buffer) => said.push(chunk));
  channel.stdin.on("error", () => undefined); // the end of the channel tells
  const begin = randomBytes(16).toString("hex");
  channel.stdin.end(`printf %s ${begin}; ( eval ${quote(body)} ) </dev/null; exit $?\n`);
  try {
    await pipeline(channel.stdout, new After(begin), createWriteStream(dest, { mode: 0o600 }), { signal });
  } catch (cause) {
    channel.close();
    if (signal.aborted) throw cause;
    throw new RcmError(`Cannot write "${dest}" on this machine: ${messageOf(cause)}`, {
      code: "step",
      cause,
    });
  }
  const { code, whole } = await channel.ended;
  if (!whole) throw new RcmError("The connection was lost", { code: "unreachable" });
  if (code !== 0) throw new RcmError(said.text().trim() || `its shell ended with ${code}`, { code: "step" });
}

/** Passes on what comes after a mark: before it stands what the user's own shell may have to say. */
class After extends Transform {
  readonly #mark: Buffer;
  #before: Buffer | undefined = Buffer.alloc(0);

  constructor(mark: string) {
    super();
    this.#mark = Buffer.from(mark);
  }

  override _transform(chunk: Buffer, _encoding: string, done: TransformCallback): void {
    done(null, this.#before === undefined ? chunk : this.#search(this.#before, chunk));
  }

  #search(before: Buffer, chunk: Buffer): Buffer | undefined {
    const all = Buffer.concat([before, chunk]);
    const at = all.indexOf(this.#mark);
    this.#before = at < 0 ? all : undefined;
    return at < 0 ? undefined : all.subarray(at + this.#mark.length);
  }
}
