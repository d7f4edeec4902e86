import { stateFolder } from "../checkpoint/folder.ts";
import { isLocked } from "../checkpoint/lock.ts";
import { findRun, listRuns, type RunFolder } from "../checkpoint/run-folder.ts";
import { RcmError } from "../errors.ts";
import { plural } from "../report/plural.ts";
import { printJson, printTable, printText } from "../report/print.ts";
import { type RunSummary, statistics } from "../report/statistics.ts";
import { EXIT } from "./exit.ts";
import type { Flags } from "./options.ts";
import { statusOf } from "./stored-run.ts";

/** `rcm runs`. */
export async function runs(flags: Flags): Promise<number> {
  const all = (await Promise.all((await listRuns(stateFolder())).map(summary))).filter((run) =>
    isWanted(run, flags),
  );
  if (flags.stats === true) printStatistics(all, flags.json === true);
  else if (flags.json === true)
    printJson(
      await Promise.all(all.map(async (run) => ({ ...run, stoppedAt: await stoppedAt(run) }))),
      process.stdout,
    );
  else if (all.length === 0) printText("no runs yet\n", process.stdout);
  else await printRuns(all, flags.resumable === true);
  return EXIT.ok;
}

/** A run in a line. */
export async function summary(run: RunFolder): Promise<RunSummary> {
  const { id, startedAt, runbook, hosts } = run.header;
  const { status, endedAt } = await statusOf(run);
  return { id, startedAt, endedAt, runbook, hosts, status, resumable: run.hasCheckpoint, folder: run.folder };
}

function isWanted({ status, runbook, hosts, resumable }: RunSummary, flags: Flags): boolean {
  const matches = (flag: unknown, value: string): boolean => flag === undefined || flag === value;
  return (
    matches(flags.status, status) &&
    matches(flags.runbook, runbook) &&
    (flags.host === undefined || hosts.includes(flags.host as string)) &&
    (flags.resumable !== true || resumable)
  );
}

async function printRuns(all: readonly RunSummary[], areCheckpoints: boolean): Promise<void> {
  const rows = all.map(async (one) => [
    one.id,
    one.startedAt.slice(0, 19).replace("T", " "),
    one.resumable ? `${one.status}, resumable` : one.status,
    String(one.hosts.length),
    one.runbook,
    ...(areCheckpoints ? [shorten(await stoppedAt(one))] : []),
  ]);
  const titles = ["RUN", "STARTED", "STATUS", "HOSTS", "RUNBOOK", ...(areCheckpoints ? ["STOPPED AT"] : [])];
  printTable([titles, ...(await Promise.all(rows))], process.stdout);
}

/** The steps at which a run that can be resumed stopped: `web1: install failed`. */
async function stoppedAt({ id, hosts, resumable }: RunSummary): Promise<readonly string[]> {
  if (!resumable) return [];
  const run = await findRun(stateFolder(), id);
  const stops = hosts.map(async (host) => {
    const { finished, started } = await run.restored(host);
    const failed = [...finished].filter(([, { status, ignored }]) => status === "failed" && !ignored);
    return [
      ...failed.map(([step]) => `${host}: ${step} failed`),
      ...[...started].map((step) => `${host}: ${step} unfinished`),
    ];
  });
  return (await Promise.all(stops)).flat();
}

function shorten(stops: readonly string[]): string {
  const more = stops.length - 2;
  return more > 0 ? `${stops.slice(0, 2).join(", ")} and ${more} more` : stops.join(", ");
}

function printStatistics(all: readonly RunSummary[], asJson: boolean): void {
  const figures = statistics(all);
  if (asJson) printJson(figures, process.stdout);
  else
    printTable(
      [
        ["RUNBOOK", "RUNS", "COMPLETED", "FAILED", "HALTED", "DIED", "MEDIAN", "LAST"],
        ...figures.map((one) => [
          one.runbook,
          ...[one.runs, one.completed, one.failed, one.halted, one.died].map(String),
          one.median === undefined ? "" : `${(one.median / 1000).toFixed(1)} s`,
          one.last.slice(0, 19).replace("T", " "),
        ]),
      ],
      process.stdout,
    );
}

/** `rcm forget RUN…`: deletes checkpoints, or with `--all` everything that is kept of these runs. */
export async function forget(ids: readonly string[], flags: Flags): Promise<number> {
  const found = await Promise.all(ids.map((id) => findRun(stateFolder(), id)));
  for (const run of found) await refuseAtWork(run);
  for (const run of found) {
    const { id } = run.header;
    if (flags.all === true) {
      await run.remove();
      printText(`${id} is removed\n`, process.stdout);
    } else if (run.hasCheckpoint) {
      await run.complete();
      printText(`${id} cannot be resumed any more; what it did is kept\n`, process.stdout);
    } else printText(`${id} has no checkpoint\n`, process.stdout);
  }
  if (found.length > 1) printText(`${plural(found.length, "run")}\n`, process.stdout);
  return EXIT.ok;
}

async function refuseAtWork({ header: { id } }: RunFolder): Promise<void> {
  if (await isLocked(stateFolder(), { key: `run ${id}` }))
    throw new RcmError(`The run ${id} is at work`, { code: "locked", hint: "stop it first, with ^C" });
}
