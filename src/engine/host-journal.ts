import type { Entry, Journal, Restored } from "../checkpoint/journal.ts";
import type { RunRecord } from "../checkpoint/run-folder.ts";
import type { Result } from "../module/result.ts";
import { isFinal } from "./results.ts";

/** What is written down of a host's run, and what an earlier run wrote. */
export class HostJournal {
  readonly #record: RunRecord;
  readonly #host: string;
  readonly #started = new Set<string>();
  #journal: Journal | undefined;
  #restored: Restored | undefined;

  constructor(record: RunRecord, host: string) {
    this.#record = record;
    this.#host = host;
  }

  /** Opens it and reads what an earlier run left. */
  async open(): Promise<void> {
    this.#restored = await this.#record.restored(this.#host);
    this.#journal = await this.#record.journal(this.#host);
  }

  /** What an earlier run made of a step, if that is not to be done again. */
  final(step: string): Result | undefined {
    const result = this.#restored?.finished.get(step);
    return result && isFinal(result) ? result : undefined;
  }

  /** How often the step has ended in earlier runs. */
  endsOf(step: string): number {
    return this.#restored?.ends.get(step) ?? 0;
  }

  /** The boot id before a reboot that an earlier run began; undefined when it began none by that step. */
  bootBefore(step: string): string | undefined {
    return this.#restored?.rebooting.get(step);
  }

  /** Had an earlier run begun a reboot of which it did not see the end? */
  get isRebooting(): boolean {
    return (this.#restored?.rebooting.size ?? 0) > 0;
  }

  /** Steps may be run from now on. */
  async begun(steps: readonly string[]): Promise<void> {
    const open = steps.filter((step) => !this.#started.has(step));
    for (const step of open) this.#started.add(step);
    await Promise.all(open.map((step) => this.#append({ type: "started", step, at: Date.now() })));
  }

  /** A step was not run; where it had been sent ahead, that must not look as if it had. */
  async notRun(step: string, result: Result): Promise<void> {
    if (result.status === "skipped") await this.#append({ type: "finished", step, result });
    else if (result.status === "blocked" && this.#started.has(step))
      await this.#append({ type: "blocked", step, at: Date.now() });
  }

  /**
   * A step has ended. What was cancelled, or never reached the host, is not done: a resumed run does it.
   *
   * @param isSettledByHost a resumed run would learn from the host what became of it, so the disk need not be waited for
   */
  async ended(step: string, result: Result, isSettledByHost: boolean): Promise<void> {
    if (result.status === "cancelled" || result.status === "blocked")
      return await this.#append({ type: "cancelled", step, at: Date.now() });
    await this.#append({ type: "finished", step, result });
    if (!isSettledByHost) await this.sync();
  }

  /** The host is about to be rebooted. */
  async rebooting(step: string, bootId: string): Promise<void> {
    await this.#append({ type: "rebooting", step, bootId, at: Date.now() });
    await this.sync();
  }

  /** Waits until the disk has all of it. */
  async sync(): Promise<void> {
    await this.#journal?.sync();
  }

  async close(): Promise<void> {
    await this.#journal?.close();
  }

  async #append(entry: Entry): Promise<void> {
    await this.#journal?.append(entry);
  }
}
