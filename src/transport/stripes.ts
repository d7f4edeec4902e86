import { type FileHandle, open } from "node:fs/promises";
import { unreadable } from "../shell/file.ts";
import type { SftpChannel } from "./sftp-channel.ts";

/** What sshd grants a channel: more at once only costs memory. */
const WINDOW = 2 * 1024 * 1024;

/** What the stripes of a file share. */
interface Source {
  readonly local: FileHandle;
  readonly size: number;
  /** Bytes of a piece. */
  readonly piece: number;
  /** What comes before has been taken by some channel. */
  taken: number;
  /** Pieces that were taken by a channel that failed. */
  readonly left: number[];
  error: unknown;
}

/**
 * Writes a local file over several channels: each takes the next piece whenever it can. A channel that opens late joins
 * in; one that never opens is missed by nobody, and what one that fails had taken goes over the first.
 *
 * @param more channels that are being opened, on this connection or on others
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
  const source: Source = { local, size, piece: first.chunk, taken: 0, left: [], error: undefined };
  const fail = (error: unknown): void => {
    source.error ??= error;
  };
  try {
    const own = sendStripe(source, first, handle, fail);
    const others = more.map(async (opening) => {
      // Whoever is still opening when all is sent has nothing left to do.
      const channel = await Promise.race([opening.catch(() => undefined), own.then(() => undefined)]);
      const its = await channel?.openFile(to, true).catch(() => undefined);
      if (channel && its) await help(source, channel, its);
    });
    await Promise.all([own, ...others]);
    if (source.left.length > 0) await sendStripe(source, first, handle, fail);
    await first.closeFile(handle).catch(fail);
    if (source.error) throw source.error;
  } finally {
    await local.close();
  }
}

async function help(source: Source, channel: SftpChannel, handle: Buffer): Promise<void> {
  await sendStripe(source, channel, handle, (_error, at) => source.left.push(at));
  await channel.closeFile(handle).catch(() => undefined); // what was written has been acknowledged
}

/** Sends pieces until none is left, many at once. It never rejects: who takes part in a file must all have stopped. */
async function sendStripe(
  source: Source,
  channel: SftpChannel,
  handle: Buffer,
  failed: (error: unknown, at: number) => void,
): Promise<void> {
  let isWell = true;
  const sendPieces = async (): Promise<void> => {
    const piece = Buffer.allocUnsafe(source.piece);
    for (let at = take(source); at !== undefined; at = isWell ? take(source) : undefined) {
      try {
        const length = Math.min(source.piece, source.size - at);
        const { bytesRead } = await source.local.read(piece, 0, length, at);
        await channel.write(handle, piece.subarray(0, bytesRead), at);
      } catch (error) {
        isWell = false;
        failed(error, at);
      }
    }
  };
  await Promise.all(Array.from({ length: WINDOW / source.piece }, sendPieces));
}

/** Where the next piece begins. */
function take(source: Source): number | undefined {
  if (source.error !== undefined) return undefined;
  const left = source.left.pop();
  if (left !== undefined || source.taken >= source.size) return left;
  const at = source.taken;
  source.taken += source.piece;
  return at;
}
