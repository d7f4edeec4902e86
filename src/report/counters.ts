import type { Counts, HostStatus } from "../event/event.ts";

/** The counters of Ansible's recap, under its names, since scripts look for them. */
export interface Counters {
  readonly ok: number;
  readonly changed: number;
  readonly unreachable: number;
  readonly failed: number;
  readonly skipped: number;
  readonly rescued: number;
  readonly ignored: number;
  /** Ansible has no such thing: shown only when there are some. */
  readonly cancelled: number;
}

/** A host's counters: what Ansible would not have come to, our blocked steps, is skipped there. */
export function countersOf(counts: Counts, status: HostStatus): Counters {
  return {
    ok: counts.ok,
    changed: counts.changed,
    unreachable: status === "unreachable" ? 1 : 0,
    failed: counts.failed,
    skipped: counts.skipped + counts.blocked,
    rescued: 0,
    ignored: counts.ignored,
    cancelled: counts.cancelled,
  };
}

/** `ok=12 changed=3 unreachable=0 failed=0 skipped=1 rescued=0 ignored=0` */
export function countersText(counters: Counters): string {
  const { cancelled, ...known } = counters;
  const parts = Object.entries(cancelled > 0 ? counters : known);
  return parts.map(([name, count]) => `${name}=${count}`).join(" ");
}
