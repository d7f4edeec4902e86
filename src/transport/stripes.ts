import { type FileHandle, open } from "node:fs/promises";
import { unreadable } from "../shell/file.ts";
import type { SftpChannel } from "./sftp-channel.ts";

/** What sshd grants a channel: more at once only costs memory. */
const WINDOW = 2 * 1024 * 1024;

/** What the stripes of a file share. */
interface Source {
  readonly local: FileHandle;
  readonly size: number;
  /** What comes before has been taken by some channel. */
  taken: number;
  error: unknown;
}

/**
 * Writes a local file over several channels of one connection: each takes the next piece whenever it can. A channel that
 * opens late joins in; one that never opens is missed by nobody.
 *
 * @param more channels that are being opened
 */
export async function sendStriped(
  path: string,
  size: number,
  to: string,
  first: SftpChannel,
  more: readonly Promise<SftpChannel>[],
): Promise<void> {
  const handle = await first.openFile(to);
  const local = await open(path).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  const source: Source = { local, size, taken: 0, error: undefined };
  try {
    const own = sendStripe(source, first, handle);
    const others = more.map(async (opening) => {
      // Whoever is still opening when all is sent has nothing left to do.
      const channel = await Promise.race([opening.catch(() => undefined), own.then(() => undefined)]);
      const its = await channel?.openFile(to, true).catch(() => undefined);
      if (channel && its) await sendStripe(source, channel, its);
    });
    await Promise.all([own, ...others]);
    if (source.error) throw source.error;
  } finally {
    await local.close();
  }
}

/** Sends pieces until none is left, many at once. It never rejects: who takes part in a file must all have stopped. */
async function sendStripe(source: Source, channel: SftpChannel, handle: Buffer): Promise<void> {
  const { chunk } = channel;
  const sendPieces = async (): Promise<void> => {
    const piece = Buffer.allocUnsafe(chunk);
    while (source.taken < source.size && source.error === undefined) {
      const at = source.taken;
      source.taken += chunk;
      const { bytesRead } = await source.local.read(piece, 0, Math.min(chunk, source.size - at), at);
      await channel.write(handle, piece.subarray(0, bytesRead), at);
    }
  };
  const fail = (error: unknown): void => {
    source.error ??= error;
  };
  await Promise.all(Array.from({ length: WINDOW / chunk }, () => sendPieces().catch(fail)));
  await channel.closeFile(handle).catch(fail);
}
