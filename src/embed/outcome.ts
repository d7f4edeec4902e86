import type { HostSummary } from "../engine/host-run.ts";
import type { RunSummary } from "../engine/run.ts";
import type { Event, RunStatus } from "../event/event.ts";
import type { Result } from "../module/result.ts";

/** What a host's part in a run came to. */
export interface HostOutcome extends HostSummary {
  /** Results of its steps by their ids, in the order in which they ended. */
  readonly steps: ReadonlyMap<string, Result>;
}

/** What a run came to. */
export interface RunOutcome {
  /** The run's id; empty when nothing of it was kept. */
  readonly id: string;
  readonly status: RunStatus;
  readonly hosts: readonly HostOutcome[];
  /** Milliseconds from start to end. */
  readonly duration: number;
  /** The command that goes on where it stopped, when there is one. */
  readonly resume?: string;
  /** Where its journal and outputs lie. */
  readonly directory?: string;
}

/** Makes the outcome of the events that it hears. */
export class Collector {
  readonly #keepsResults: boolean;
  readonly #steps = new Map<string, Map<string, Result>>();
  #end: Partial<Omit<RunOutcome, "hosts">> = {};

  constructor({ keepsResults }: { readonly keepsResults: boolean }) {
    this.#keepsResults = keepsResults;
  }

  add(event: Event): void {
    if (event.type === "run-finished") {
      const { run, duration, resume, directory } = event;
      this.#end = {
        id: run,
        duration,
        ...(resume === undefined ? {} : { resume }),
        ...(directory === undefined ? {} : { directory }),
      };
    } else if (event.type === "step-finished" && this.#keepsResults) {
      const steps = this.#steps.get(event.host) ?? new Map<string, Result>();
      this.#steps.set(event.host, steps.set(event.step, event.result));
    }
  }

  outcome({ status, hosts }: RunSummary): RunOutcome {
    return {
      id: "",
      duration: 0,
      ...this.#end,
      status,
      hosts: hosts.map((host) => ({ ...host, steps: this.#steps.get(host.host) ?? new Map() })),
    };
  }
}
