import type { Event, HostView, RunStarted } from "../event/event.ts";
import { HostState } from "./host-state.ts";

/** What a run looks like right now, kept up to date event by event, each in constant time. */
export class RunState {
  readonly started: RunStarted;
  readonly startedAt: number;
  finishedAt: number | undefined;
  readonly hosts: ReadonlyMap<string, HostState>;
  /** Hosts nothing was heard of, in the order of the inventory. */
  readonly waiting: Set<HostState>;
  /** Hosts at work, those that began first in front. */
  readonly running = new Set<HostState>();
  /** Hosts that ended well. */
  readonly fine: HostState[] = [];
  /** Hosts that did not. */
  readonly troubled: HostState[] = [];

  constructor(started: RunStarted, now: number) {
    this.started = started;
    this.startedAt = now;
    this.hosts = new Map(started.hosts.map((view: HostView) => [view.host, new HostState(view)]));
    this.waiting = new Set(this.hosts.values());
  }

  apply(event: Event, now: number): void {
    if (event.type === "run-finished") this.finishedAt = now;
    const host = "host" in event ? this.hosts.get(event.host ?? "") : undefined;
    if (!host || event.type === "warning") return;
    if (this.waiting.delete(host)) this.running.add(host);
    host.apply(event, now);
    if (event.type !== "host-finished" || !this.running.delete(host)) return;
    (event.status === "ok" ? this.fine : this.troubled).push(host);
  }
}
