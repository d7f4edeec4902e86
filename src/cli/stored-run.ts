import { stateFolder } from "../checkpoint/folder.ts";
import { isLocked } from "../checkpoint/lock.ts";
import type { RunFolder } from "../checkpoint/run-folder.ts";
import { readSink } from "../checkpoint/sink.ts";
import type { RunRequest } from "../embed/request.ts";
import type { HostReport, PrintedPiece, RunReport, StepPrint, StoredStatus } from "../report/run-report.ts";

/** Of what a step printed, reports show so many bytes at its end. */
const SHOWN = 1024 * 1024;

/** How a run stands: one that was killed had no time to say so. */
export async function statusOf(
  run: RunFolder,
): Promise<{ readonly status: StoredStatus; readonly endedAt?: string }> {
  const { status, endedAt } = await run.state();
  if (status !== "running") return { status, ...(endedAt === undefined ? {} : { endedAt }) };
  const isAtWork = await isLocked(stateFolder(), { key: `run ${run.header.id}` });
  return { status: isAtWork ? "running" : "died" };
}

/** A run as reports need it. */
export async function readRun(run: RunFolder): Promise<RunReport> {
  const { id, runbook, startedAt, hosts, request } = run.header;
  const { status, endedAt } = await statusOf(run);
  return {
    id,
    runbook,
    status,
    startedAt: Date.parse(startedAt),
    endedAt: endedAt === undefined ? undefined : Date.parse(endedAt),
    params: ((request as RunRequest).params ?? []).map(({ name, value }) => [
      name,
      typeof value === "string" ? value : (JSON.stringify(value) ?? ""),
    ]),
    hosts: await Promise.all(hosts.map((host) => readHost(run, host))),
  };
}

/** The steps of the plan; behind them those of the journal that a resumed run's plan had. */
async function readHost(run: RunFolder, host: string): Promise<HostReport> {
  const { finished, started } = await run.restored(host);
  const planned = run.header.plans?.find(({ hosts }) => hosts.includes(host))?.steps ?? [];
  const modules = new Map(planned.map(({ id, module }) => [id, module]));
  const ids = [...new Set([...modules.keys(), ...finished.keys(), ...started])];
  return {
    host,
    steps: ids.map((id) => ({
      id,
      module: modules.get(id),
      result: finished.get(id),
      isUnfinished: started.has(id),
      output: () => readOutput(run.sinkPath(host, id)),
    })),
  };
}

async function readOutput(path: string): Promise<StepPrint> {
  const pieces: PrintedPiece[] = [];
  let kept = 0;
  let leftOut = 0;
  for await (const piece of readSink(path)) {
    pieces.push(piece);
    kept += piece.data.length;
    while (kept > SHOWN && pieces.length > 1) {
      const size = pieces.shift()?.data.length ?? 0;
      kept -= size;
      leftOut += size;
    }
  }
  return { pieces, leftOut };
}
