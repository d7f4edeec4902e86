import { NO_RECORD, type RunFolder } from "../checkpoint/run-folder.ts";
import { DEFAULT_HANDSHAKES, prepareDial } from "../engine/dial.ts";
import { type RunSummary, run } from "../engine/run.ts";
import type { Event, Mode } from "../event/event.ts";
import type { LocalSide } from "../module/define.ts";
import type { Plan } from "../plan/plan.ts";
import { askSecret, canAsk } from "./ask.ts";
import { EXIT } from "./exit.ts";
import { reporterFor } from "./reporter.ts";
import type { RunRequest } from "./request.ts";

/** What is to be executed, and how it is shown. */
export interface Execution {
  readonly plan: Plan;
  readonly mode: Mode;
  /** Makes or opens what outlives the run, once nothing on this side stands in its way; undefined: nothing does. */
  readonly record: () => Promise<RunFolder | undefined>;
  readonly local: LocalSide;
  readonly resumed: boolean;
  readonly request: Pick<RunRequest, "connection" | "forks">;
  readonly flags: Readonly<Record<string, unknown>>;
  readonly warnings: readonly string[];
}

/** Connects, runs, shows, keeps the state of the run; returns the exit code. */
export async function execute(execution: Execution): Promise<number> {
  const { plan, mode, record, local, resumed, request, flags } = execution;
  const { connection, forks } = request;
  const dial = await prepareDial(
    plan.hosts.map(({ host }) => host),
    {
      connectTimeout: (connection.connectTimeout ?? 10) * 1000,
      authTimeout: (connection.authTimeout ?? 30) * 1000,
      handshakes: DEFAULT_HANDSHAKES,
      askPassphrase: canAsk() ? (path) => askSecret(`Passphrase of ${path}`) : undefined,
      env: process.env,
    },
  );
  const folder = await record();
  const id = folder?.header.id ?? "";
  const reporter = await reporterFor(flags, mode);
  const interrupt = interruptible();
  const emit = (event: Event): void => reporter.report(event);
  try {
    if (resumed) await folder?.setState({ status: "running" }); // what is said of a new run until it ends
    for (const message of execution.warnings) emit({ type: "warning", message });
    const resume = folder ? `rcm resume ${id}` : undefined;
    const summary = await run({
      plan,
      id,
      mode,
      dial,
      record: folder ?? NO_RECORD,
      local,
      forks: forks ?? 50,
      resumed,
      resume,
      emit,
      fuse: flags.fuse !== false && !process.env.RCM_NO_FUSE,
      signal: interrupt.signal,
    });
    await settle(folder, summary);
    return exitCode(summary, interrupt.received, flags);
  } finally {
    interrupt.stop();
    await reporter.close();
  }
}

async function settle(folder: RunFolder | undefined, { status }: RunSummary): Promise<void> {
  if (!folder) return;
  if (status === "completed") await folder.complete();
  await folder.setState({ status, endedAt: new Date().toISOString() });
}

/** Unreachable hosts win over failed ones, as with Ansible. */
function exitCode(
  { hosts }: RunSummary,
  received: NodeJS.Signals | undefined,
  flags: Readonly<Record<string, unknown>>,
): number {
  if (received) return received === "SIGTERM" ? EXIT.terminated : EXIT.interrupted;
  if (hosts.some(({ status }) => status === "unreachable")) return EXIT.unreachable;
  if (hosts.some(({ status }) => status !== "ok")) return EXIT.failed;
  return flags.detailedExitcode === true && hosts.some(({ counts }) => counts.changed > 0)
    ? EXIT.changes
    : EXIT.ok;
}

interface Interrupt {
  readonly signal: AbortSignal;
  readonly received: NodeJS.Signals | undefined;
  stop(): void;
}

/** The first signal stops the run in order: steps are ended on their hosts, the checkpoint stays. The second one leaves at once. */
function interruptible(): Interrupt {
  const controller = new AbortController();
  let received: NodeJS.Signals | undefined;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (received) process.exit(signal === "SIGTERM" ? EXIT.terminated : EXIT.interrupted);
    received = signal;
    controller.abort();
  };
  const signals: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) process.on(signal, onSignal);
  return {
    signal: controller.signal,
    get received() {
      return received;
    },
    stop: () => {
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}
