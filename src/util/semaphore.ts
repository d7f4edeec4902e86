/** Lets a limited number of tasks run at once; the others wait in line. */
export class Semaphore {
  #free: number;
  readonly #waiting: Array<() => void> = [];

  /** @param size how many may run at once, at least 1 */
  constructor(size: number) {
    this.#free = size;
  }

  /** Runs the task as soon as a place is free. */
  async use<T>(task: () => Promise<T>): Promise<T> {
    const release = await this.acquire();
    try {
      return await task();
    } finally {
      release();
    }
  }

  /** Takes a place; the returned function gives it back, once. */
  async acquire(): Promise<() => void> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((turn) => this.#waiting.push(turn));
    let held = true;
    return () => {
      if (held) this.#release();
      held = false;
    };
  }

  #release(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free += 1;
  }
}
