import type { RunHandle } from "../embed/handle.ts";
import type { RunOutcome } from "../embed/outcome.ts";
import type { Mode } from "../event/event.ts";
import type { Reporter } from "../report/reporter.ts";
import { EXIT } from "./exit.ts";
import type { Flags } from "./options.ts";
import { reporterFor } from "./reporter.ts";

/** Shows a run until it has ended, and lets ^C cancel it; returns the exit code. */
export async function execute(run: RunHandle, flags: Flags, mode: Mode): Promise<number> {
  let reporter: Reporter | undefined;
  let interrupt: Interrupt | undefined;
  try {
    for await (const event of run) {
      interrupt ??= interruptible(() => run.cancel());
      reporter ??= await reporterFor(flags, mode);
      reporter.report(event);
    }
    return exitCode(await run.result, interrupt?.received, flags);
  } finally {
    interrupt?.stop();
    await reporter?.close();
  }
}

/** Unreachable hosts win over failed ones, as with Ansible. */
function exitCode(
  { hosts }: RunOutcome,
  received: NodeJS.Signals | undefined,
  { detailedExitcode }: Flags,
): number {
  if (received) return received === "SIGTERM" ? EXIT.terminated : EXIT.interrupted;
  if (hosts.some(({ status }) => status === "unreachable")) return EXIT.unreachable;
  if (hosts.some(({ status }) => status !== "ok")) return EXIT.failed;
  return detailedExitcode === true && hosts.some(({ counts }) => counts.changed > 0) ? EXIT.changes : EXIT.ok;
}

interface Interrupt {
  readonly received: NodeJS.Signals | undefined;
  stop(): void;
}

/** The first signal stops the run in order: steps are ended on their hosts, the checkpoint stays. The second one leaves at once. */
function interruptible(cancel: () => void): Interrupt {
  let received: NodeJS.Signals | undefined;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (received) process.exit(signal === "SIGTERM" ? EXIT.terminated : EXIT.interrupted);
    received = signal;
    cancel();
  };
  const signals: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) process.on(signal, onSignal);
  return {
    get received() {
      return received;
    },
    stop: () => {
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}
