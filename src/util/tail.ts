/** Keeps the last bytes of a stream and counts them all. */
export class Tail {
  #chunks: Buffer[] = [];
  #kept = 0;
  #total = 0;
  readonly #limit: number;

  /** @param limit bytes to keep */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** How many bytes went by. */
  get total(): number {
    return this.#total;
  }

  push(chunk: Buffer): void {
    this.#total += chunk.length;
    this.#kept += chunk.length;
    this.#chunks.push(chunk);
    if (this.#kept > 2 * this.#limit) this.#trim();
  }

  /** The last bytes, as text; what is not UTF-8 reads as U+FFFD. */
  text(): string {
    this.#trim();
    return this.#chunks[0]?.toString("utf8") ?? "";
  }

  #trim(): void {
    const all = Buffer.concat(this.#chunks);
    const last = all.subarray(Math.max(0, all.length - this.#limit));
    // A copy, so that the big chunks it was cut from can go.
    this.#chunks = [Buffer.from(last)];
    this.#kept = last.length;
  }
}
