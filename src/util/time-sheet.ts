/** What a host's time can go into; where several go on at once, the first in this order counts. */
const KINDS = ["host", "connect", "line", "here"] as const;

/** One of them. */
export type TimeKind = (typeof KINDS)[number];

/** Milliseconds of each kind, to a tenth. No moment is counted twice. */
export type Spent = Readonly<Record<TimeKind, number>>;

/** Tells what the time went into, by what was going on at each moment. While nothing is, nothing is counted. */
export class TimeSheet {
  readonly #now: () => number;
  readonly #open: Record<TimeKind, number> = { host: 0, connect: 0, line: 0, here: 0 };
  readonly #spent: Record<TimeKind, number> = { host: 0, connect: 0, line: 0, here: 0 };
  #since = 0;

  /** @param now a clock that never goes back, in ms */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Something of this kind begins; the same kind can go on several times at once. */
  enter(kind: TimeKind): void {
    this.#count();
    this.#open[kind] += 1;
  }

  leave(kind: TimeKind): void {
    this.#count();
    this.#open[kind] -= 1;
  }

  /** Counts a task as time of this kind, from now until it settles. */
  async during<T>(kind: TimeKind, task: Promise<T>): Promise<T> {
    this.enter(kind);
    return await task.finally(() => this.leave(kind));
  }

  /** What was counted until now. */
  get spent(): Spent {
    this.#count();
    const { host, connect, line, here } = this.#spent;
    return { connect: tenth(connect), host: tenth(host), line: tenth(line), here: tenth(here) };
  }

  #count(): void {
    const now = this.#now();
    const kind = KINDS.find((one) => this.#open[one] > 0);
    if (kind) this.#spent[kind] += now - this.#since;
    this.#since = now;
  }
}

function tenth(ms: number): number {
  return Math.round(ms * 10) / 10;
}
