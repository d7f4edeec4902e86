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
  /** What a mark begins with. */
  readonly #opening: Buffer;
  readonly #handlers: FrameHandlers;
  #rest: Buffer = Buffer.alloc(0);

  constructor(nonce: string, handlers: FrameHandlers) {
    this.#opening = Buffer.from(openingOf(nonce), "latin1");
    this.#handlers = handlers;
  }

  push(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let from = 0;
    // A single byte is found much faster than many, and stands hardly anywhere else.
    for (let at = bytes.indexOf(RS); at >= 0; ) {
      const words = at + this.#opening.length;
      const isOpening = this.#isOpening(bytes.subarray(at, words));
      const end = isOpening && words <= bytes.length ? bytes.indexOf(RS, words) : -1;
      if (end >= 0) {
        this.#data(bytes.subarray(from, at));
        this.#handlers.mark(bytes.toString("latin1", words, end).split(" "));
        from = end + 1;
      } else if (isOpening) {
        this.#data(bytes.subarray(from, at));
        this.#rest = Buffer.from(bytes.subarray(at)); // the rest of the mark is still to come
        return;
      }
      at = bytes.indexOf(RS, end >= 0 ? from : at + 1);
    }
    this.#data(bytes.subarray(from));
    this.#rest = Buffer.alloc(0);
  }

  #data(bytes: Buffer): void {
    if (bytes.length > 0) this.#handlers.data(bytes);
  }

  /** So far as there are bytes. */
  #isOpening(bytes: Buffer): boolean {
    return this.#opening.compare(bytes, 0, bytes.length, 0, bytes.length) === 0;
  }
}
