import { basename } from "node:path";
import { stateFolder } from "../checkpoint/folder.ts";
import {
  listResumable,
  NO_RECORD,
  newRunId,
  RunFolder,
  type StepsOfHosts,
} from "../checkpoint/run-folder.ts";
import type { Dial } from "../engine/dial.ts";
import { type RunSummary, run } from "../engine/run.ts";
import { type GivenSecrets, loadSecrets, type Vault } from "../engine/secrets.ts";
import type { Stubs } from "../engine/stubs.ts";
import type { Emit, Event, Mode } from "../event/event.ts";
import { type Plan, stepsOf } from "../plan/plan.ts";
import { Redactor } from "../redact/redactor.ts";
import { dialFor } from "./dial.ts";
import { lockAll } from "./locks.ts";
import type { ConnectionOptions, RunOptions } from "./options.ts";
import { Collector, type RunOutcome } from "./outcome.ts";
import type { Ask } from "./passwords.ts";
import { type PlanSource, type Prepared, preparePlan } from "./prepare.ts";
import { isWhole, keyOf, type RunRequest } from "./request.ts";

/** A run that is wanted. */
export interface Errand extends Omit<PlanSource, "connection" | "ask"> {
  readonly request: RunRequest;
  readonly mode: Mode;
  /** Keep a record on the disk, and take locks. */
  readonly isKept: boolean;
  /** The run to go on with. */
  readonly earlier: RunFolder | undefined;
  readonly options: RunOptions;
  /** What stands in for the hosts, in stub mode. */
  readonly stubs?: Stubs;
  /** Values of secrets, whose loaders are not called. */
  readonly secrets?: GivenSecrets;
}

/** Between a run and whoever began it. */
export interface Line {
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/** Plans, connects, runs, and keeps the state of the run. */
export async function carryOut(errand: Errand, line: Line): Promise<RunOutcome> {
  const { redactor = new Redactor() } = errand.options;
  const options = { ...errand.options, ask: heard(errand.options.ask, redactor) };
  try {
    return await carryOutWith(redactor, { ...errand, options }, line);
  } catch (thrown) {
    throw redactor.error(thrown);
  }
}

/** What somebody answers is a password. */
function heard(ask: Ask, redactor: Redactor): Ask {
  return (
    ask &&
    (async (what) => {
      const answer = await ask(what);
      redactor.add(answer);
      return answer;
    })
  );
}

async function carryOutWith(redactor: Redactor, errand: Errand, line: Line): Promise<RunOutcome> {
  const { ask, stateDir = stateFolder(), command = basename(process.argv[1] ?? "node") } = errand.options;
  const kept = errand.earlier?.header.request as RunRequest | undefined;
  const request = kept?.moment ? { ...errand.request, moment: kept.moment } : errand.request;
  const planned = await preparePlan({ ...errand, request, connection: connectionOf(errand), ask });
  const secrets = await loadSecrets(planned.plan, redactor, errand.secrets);
  const prepared = { ...planned, secrets };
  if (!errand.isKept) return await execute(errand, prepared, async () => undefined, line);
  const { plan } = prepared;
  const id = errand.earlier?.header.id ?? newRunId();
  const release = await lockAll(stateDir, plan, id, redactor.text(command));
  const record = async (): Promise<RunFolder> =>
    errand.earlier ?? (await newRun(stateDir, id, redactor.value(errand.request), plan, line.emit));
  try {
    return await execute(errand, prepared, record, line);
  } finally {
    release();
  }
}

/** What is said now wins over what was said when the run was begun. */
function connectionOf({ request, options: { connection = {} } }: Errand): ConnectionOptions {
  const now = Object.entries(connection).filter(([, value]) => value !== undefined);
  return { ...request.connection, ...Object.fromEntries(now) };
}

async function newRun(
  stateDir: string,
  id: string,
  request: RunRequest,
  { name: runbook, fingerprint, hosts: plans }: Plan,
  emit: Emit,
): Promise<RunFolder> {
  const hosts = plans.map(({ host }) => host.name);
  const key = keyOf(request, hosts);
  const earlier = (await listResumable(stateDir)).find(({ header }) => header.key === key);
  if (earlier)
    emit({
      type: "warning",
      message: `An earlier run of this did not complete; this one starts afresh. To go on with it: rcm resume ${earlier.header.id}`,
    });
  return await RunFolder.create(stateDir, {
    id,
    runbook,
    hosts,
    plans: stepsOfHosts(plans),
    key,
    fingerprint,
    request,
  });
}

/** The plan's steps, for reports; most hosts have the same. */
function stepsOfHosts(plans: Plan["hosts"]): readonly StepsOfHosts[] {
  const groups = new Map<string, { readonly hosts: string[]; readonly steps: StepsOfHosts["steps"] }>();
  for (const plan of plans) {
    const steps = stepsOf(plan).map(({ id, call }) => ({ id, module: call.definition.name }));
    const key = JSON.stringify(steps);
    const group = groups.get(key) ?? { hosts: [], steps };
    group.hosts.push(plan.host.name);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** @param record makes or opens what outlives the run, once nothing on this side stands in its way */
async function execute(
  errand: Errand,
  prepared: Prepared & { readonly secrets: Vault },
  record: () => Promise<RunFolder | undefined>,
  line: Line,
): Promise<RunOutcome> {
  const over = new AbortController();
  const { earlier, request, options, stubs } = errand;
  const forks = options.forks ?? request.forks ?? 50;
  if (line.signal.aborted) over.abort();
  try {
    const dial = await dialFor({
      plan: stubs ? { hosts: [], parts: [] } : prepared.plan,
      connection: connectionOf(errand),
      ask: options.ask,
      forks: earlier ? 0 : forks, // who knows what is left to do
      over: over.signal,
    });
    const folder = await record();
    if (earlier) await earlier.setState({ status: "running" }); // what is said of a new run until it ends
    return await perform(errand, { ...prepared, dial, folder, forks }, line);
  } finally {
    over.abort();
  }
}

/** What a run is made of. */
interface Performance extends Prepared {
  readonly secrets: Vault;
  readonly dial: Dial;
  readonly folder: RunFolder | undefined;
  readonly forks: number;
}

async function perform(
  { mode, earlier, request, options, stubs }: Errand,
  { plan, local, secrets, warnings, dial, folder, forks }: Performance,
  { emit, signal }: Line,
): Promise<RunOutcome> {
  const id = folder?.header.id ?? "";
  for (const message of warnings) emit({ type: "warning", message: secrets.redactor.text(message) });
  const collector = new Collector({ keepsResults: options.collect !== false });
  const summary = await run({
    plan,
    id,
    mode,
    dial,
    record: folder ?? NO_RECORD,
    local,
    secrets,
    forks,
    resumed: earlier !== undefined,
    resume: folder && isWhole(request) ? `rcm resume ${id}` : undefined,
    stubs,
    emit: (event: Event) => {
      collector.add(event);
      emit(event);
    },
    fuse: options.fuse !== false,
    signal,
  });
  await settle(folder, summary);
  return collector.outcome(summary);
}

async function settle(folder: RunFolder | undefined, { status }: RunSummary): Promise<void> {
  if (!folder) return;
  if (status === "completed") await folder.complete();
  await folder.setState({ status, endedAt: new Date().toISOString() });
}
