import type { PartPlan } from "../plan/plan.ts";
import { type Deferred, deferred } from "../util/deferred.ts";

/**
 * When a host may begin a runbook of a site. It awaits itself where it took part in what comes before, else all the
 * hosts that did; with `serial`, also all hosts of the batch before its own.
 */
export class Gates {
  readonly #parts: ReadonlyMap<string, PartPlan>;
  readonly #done = new Map<string, Deferred<boolean>>();

  constructor(parts: readonly PartPlan[]) {
    this.#parts = new Map(parts.map((part) => [part.name, part]));
    for (const part of parts) {
      for (const host of part.batches.flat()) this.#done.set(keyOf(part.name, host), deferred());
    }
  }

  /** The host is through with the runbook. */
  done(part: string, host: string, succeeded: boolean): void {
    this.#done.get(keyOf(part, host))?.resolve(succeeded);
  }

  /** Waits until the host may begin; gives why it may not, when something it awaits failed. */
  async open(name: string, host: string): Promise<string | undefined> {
    const part = this.#parts.get(name);
    const before = await this.#batchBefore(part, host);
    for (const awaited of part?.awaits ?? []) {
      const failed = await this.#failedOf(awaited, host);
      if (failed !== undefined)
        return `awaits "${awaited}", which failed on ${failed === host ? "this host" : failed}`;
    }
    return before === undefined ? undefined : `the batch before it failed on ${before}`;
  }

  /** The first host on which the awaited runbook failed, as far as that concerns this one. */
  async #failedOf(awaited: string, host: string): Promise<string | undefined> {
    const all = this.#parts.get(awaited)?.batches.flat() ?? [];
    return await this.#firstFailed(awaited, all.includes(host) ? [host] : all);
  }

  async #batchBefore(part: PartPlan | undefined, host: string): Promise<string | undefined> {
    const index = part?.batches.findIndex((batch) => batch.includes(host)) ?? 0;
    return part ? await this.#firstFailed(part.name, part.batches.slice(0, index).flat()) : undefined;
  }

  async #firstFailed(part: string, hosts: readonly string[]): Promise<string | undefined> {
    const outcomes = await Promise.all(
      hosts.map((host) => this.#done.get(keyOf(part, host))?.promise ?? true),
    );
    return hosts[outcomes.indexOf(false)];
  }
}

function keyOf(part: string, host: string): string {
  return `${part}\0${host}`;
}
