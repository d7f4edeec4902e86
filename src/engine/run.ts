import { setMaxListeners } from "node:events";
import { newRunId, type RunRecord } from "../checkpoint/run-folder.ts";
import type { RcmError } from "../errors.ts";
import type { Emit, HostView, RunStatus } from "../event/event.ts";
import type { LocalSide } from "../module/define.ts";
import type { Mode } from "../module/work.ts";
import { type HostPlan, type Plan, stepsOf } from "../plan/plan.ts";
import { Semaphore } from "../util/semaphore.ts";
import type { Dial } from "./dial.ts";
import { Gates } from "./gates.ts";
import { HostRun, type HostSummary } from "./host-run.ts";
import { redactedEmit } from "./redacted.ts";
import type { Vault } from "./secrets.ts";
import type { Stubs } from "./stubs.ts";

/** What a run works with. */
export interface RunOptions {
  readonly plan: Plan;
  readonly id: string;
  readonly mode: Mode;
  readonly dial: Dial;
  readonly record: RunRecord;
  readonly local: LocalSide;
  /** What the loaders of the plan's secrets gave. */
  readonly secrets: Vault;
  /** How many hosts are at work at once. */
  readonly forks: number;
  /** Send steps together where that is possible; otherwise one by one. */
  readonly fuse: boolean;
  readonly resumed: boolean;
  /** The command that goes on where this run stops. */
  readonly resume: string | undefined;
  readonly emit: Emit;
  /** What stands in for the hosts, in stub mode. */
  readonly stubs?: Stubs | undefined;
  /** Stops the run: the steps under way are ended on their hosts, and it can be resumed. */
  readonly signal: AbortSignal;
}

/** What a run came to. */
export interface RunSummary {
  readonly status: RunStatus;
  readonly hosts: readonly HostSummary[];
}

/**
 * Runs a plan on all its hosts.
 *
 * @throws RcmError with code `state` when the journal or an output cannot be written: nothing goes on then
 */
export async function run(options: RunOptions): Promise<RunSummary> {
  const startedAt = Date.now();
  const { plan, id, mode, record, resumed, resume } = options;
  const { redactor } = options.secrets;
  const runId = id || newRunId(); // sinks tell runs apart that leave no record, too
  const emit = redactedEmit(redactor, options.emit);
  emit({ type: "run-started", run: id, runbook: plan.name, mode, hosts: plan.hosts.map(view), resumed });
  const fatal = new AbortController();
  const signal = AbortSignal.any([options.signal, fatal.signal]);
  const gates = new Gates(plan.parts);
  const places = new Semaphore(options.forks);
  const problems: RcmError[] = [];
  const hosts = await Promise.all(
    plan.hosts.map(async (host) => {
      // Each host has one of its own, so that none carries the listeners of all; those of its own steps may be many.
      const own = AbortSignal.any([signal]);
      setMaxListeners(0, own);
      const one = new HostRun({ ...options, id: runId, emit, plan: host, signal: own });
      await walk(one, host, gates, places).catch((error: RcmError) => {
        problems.push(error);
        fatal.abort();
      });
      return await one.finish();
    }),
  );
  const status = statusOf(hosts, options.signal.aborted);
  emit({
    type: "run-finished",
    run: id,
    status,
    duration: Date.now() - startedAt,
    ...(status === "completed" || resume === undefined ? {} : { resume }),
    ...(record.folder === undefined ? {} : { directory: record.folder }),
  });
  const [problem] = problems;
  if (problem) throw redactor.error(problem);
  return { status, hosts };
}

/** A host's runbooks, each as soon as its gate is open and there is a place for the host. */
async function walk(one: HostRun, { parts }: HostPlan, gates: Gates, places: Semaphore): Promise<void> {
  try {
    await one.prepare();
    await Promise.all(
      parts.map(async (part) => {
        const blocked = await gates.open(part.name, one.name);
        const succeeded = await places.use(() => one.runPart(part, blocked));
        gates.done(part.name, one.name, succeeded);
      }),
    );
    await one.keep();
  } finally {
    // Whatever happened, nobody may wait for this host for ever.
    for (const part of parts) gates.done(part.name, one.name, false);
  }
}

function statusOf(hosts: readonly HostSummary[], interrupted: boolean): RunStatus {
  if (interrupted) return "halted";
  return hosts.every(({ status }) => status === "ok") ? "completed" : "failed";
}

function view(plan: HostPlan): HostView {
  return {
    host: plan.host.name,
    steps: stepsOf(plan).map(({ id, call, needs, where }) => ({
      id,
      module: call.definition.name,
      awaits: needs,
      where,
    })),
  };
}
