/** A server's log, kept whole, that can be waited on. */
export class HostLog {
  #text = "";
  readonly #waiting = new Set<() => void>();

  get text(): string {
    return this.#text;
  }

  add(text: string): void {
    this.#text += text;
    for (const look of [...this.#waiting]) look();
  }

  /** Resolves once the log matches, read from its start or from a later character on. */
  seen(pattern: RegExp, from = 0): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (this.#text.slice(from).search(pattern) < 0) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }
}
