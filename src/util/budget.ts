/** So much of something can be out at once; whoever wants more waits in line. */
export class Budget {
  readonly #size: number;
  #free: number;
  readonly #waiting: Array<{ readonly amount: number; readonly go: () => void }> = [];

  constructor(size: number) {
    this.#size = size;
    this.#free = size;
  }

  /** Does the task as soon as that amount is free; more than there is counts as all of it. */
  async use<T>(amount: number, task: () => Promise<T>): Promise<T> {
    const share = Math.min(amount, this.#size);
    if (this.#waiting.length === 0 && share <= this.#free) this.#free -= share;
    else await new Promise<void>((go) => this.#waiting.push({ amount: share, go }));
    try {
      return await task();
    } finally {
      this.#free += share;
      this.#serve();
    }
  }

  #serve(): void {
    for (let next = this.#waiting[0]; next && next.amount <= this.#free; next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#free -= next.amount;
      next.go();
    }
  }
}
