import type { PartPlan } from "../plan/plan.ts";
import { type Deferred, deferred } from "../util/deferred.ts";

/** A host on which something failed, if there is one. */
type Failed = string | undefined;

/** A runbook of the site, and how far its hosts are. */
interface Progress {
  readonly awaits: readonly string[];
  readonly done: ReadonlyMap<string, Deferred<boolean>>;
  /** Which batch a host belongs to. */
  readonly batchOf: ReadonlyMap<string, number>;
  /** By number of batches: settles when so many, from the first, are through. */
  readonly through: ReadonlyArray<Promise<Failed>>;
}

/**
 * When a host may begin a runbook of a site. It awaits itself where it took part in what comes before, else all the
 * hosts that did; with `serial`, also all hosts of the batch before its own.
 */
export class Gates {
  readonly #parts: ReadonlyMap<string, Progress>;

  constructor(parts: readonly PartPlan[]) {
    this.#parts = new Map(parts.map((part) => [part.name, progressOf(part)]));
  }

  /** The host is through with the runbook. */
  done(part: string, host: string, succeeded: boolean): void {
    this.#parts.get(part)?.done.get(host)?.resolve(succeeded);
  }

  /** Waits until the host may begin; gives why it may not, when something it awaits failed. */
  async open(name: string, host: string): Promise<string | undefined> {
    const part = this.#parts.get(name);
    const before = await part?.through[part.batchOf.get(host) ?? 0];
    for (const awaited of part?.awaits ?? []) {
      const failed = await this.#failedOf(awaited, host);
      if (failed !== undefined)
        return `awaits "${awaited}", which failed on ${failed === host ? "this host" : failed}`;
    }
    return before === undefined ? undefined : `the batch before it failed on ${before}`;
  }

  /** The first host on which the awaited runbook failed, as far as that concerns this one. */
  async #failedOf(awaited: string, host: string): Promise<Failed> {
    const part = this.#parts.get(awaited);
    const own = part?.done.get(host);
    if (own) return (await own.promise) ? undefined : host;
    return await part?.through.at(-1);
  }
}

function progressOf({ awaits, batches }: PartPlan): Progress {
  const done = new Map(batches.flat().map((host) => [host, deferred<boolean>()]));
  const batchOf = new Map(batches.flatMap((batch, i) => batch.map((host) => [host, i] as const)));
  // Each is made of the one before it: to have every host look at all before it would be quadratic.
  const through: Array<Promise<Failed>> = [Promise.resolve(undefined)];
  for (const batch of batches) through.push(after(through.at(-1), batch, done));
  return { awaits, done, batchOf, through };
}

async function after(
  before: Promise<Failed> | undefined,
  hosts: readonly string[],
  done: Progress["done"],
): Promise<Failed> {
  const failed = await before;
  const outcomes = await Promise.all(hosts.map((host) => done.get(host)?.promise));
  return failed ?? hosts[outcomes.indexOf(false)];
}
