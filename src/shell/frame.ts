/**
 * The stream of a session: output of steps, and between it marks that no output can fake, since each carries the
 * session's random nonce: `RS nonce US word word … RS`.
 */
const RS = 0x1e;

/** What a mark's words stand between. */
export const CLOSING = "\x1e";
export function openingOf(nonce: string): string {
  return `\x1e${nonce}\x1f`;
}

/** Takes a stream apart. */
export interface FrameHandlers {
  /** Bytes between two marks. */
  readonly data: (chunk: Buffer) => void;
  /** The words of a mark. */
  readonly mark: (words: readonly string[]) => void;
}

/** Finds the marks in a stream, whatever the chunks it comes in. */
export class FrameReader {
  readonly #opening: Buffer;
  readonly #handlers: FrameHandlers;
  #rest: Buffer = Buffer.alloc(0);

  constructor(nonce: string, handlers: FrameHandlers) {
    this.#opening = Buffer.from(openingOf(nonce), "latin1");
    this.#handlers = handlers;
  }

  push(chunk: Buffer): void {
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    for (let at = bytes.indexOf(this.#opening); at >= 0; at = bytes.indexOf(this.#opening)) {
      const end = bytes.indexOf(RS, at + this.#opening.length);
      if (end < 0) break;
      this.#data(bytes.subarray(0, at));
      this.#handlers.mark(bytes.toString("latin1", at + this.#opening.length, end).split(" "));
      bytes = bytes.subarray(end + 1);
    }
    const keep = this.#unfinished(bytes);
    this.#data(bytes.subarray(0, keep));
    this.#rest = Buffer.from(bytes.subarray(keep));
  }

  #data(bytes: Buffer): void {
    if (bytes.length > 0) this.#handlers.data(bytes);
  }

  /** Where a mark begins that may go on in the next chunk; the length when there is none. */
  #unfinished(bytes: Buffer): number {
    const whole = bytes.indexOf(this.#opening);
    if (whole >= 0) return whole;
    const from = Math.max(0, bytes.length - this.#opening.length + 1);
    for (let at = bytes.indexOf(RS, from); at >= 0; at = bytes.indexOf(RS, at + 1)) {
      const tail = bytes.subarray(at);
      if (this.#opening.subarray(0, tail.length).equals(tail)) return at;
    }
    return bytes.length;
  }
}
