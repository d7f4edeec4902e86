import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileName, stateFolder } from "../checkpoint/folder.ts";
import { findRun, type RunFolder } from "../checkpoint/run-folder.ts";
import { readSink } from "../checkpoint/sink.ts";
import { RcmError } from "../errors.ts";
import type { Result } from "../module/result.ts";
import { castOf } from "../report/cast.ts";
import { markdownOf } from "../report/markdown.ts";
import { printJson, printTable, printText } from "../report/print.ts";
import type { Stream } from "../sink/sink.ts";
import { formatDuration } from "../util/duration.ts";
import { Neutraliser } from "../util/neutralise.ts";
import { EXIT } from "./exit.ts";
import type { Flags } from "./options.ts";
import { summary } from "./runs.ts";
import { readRun } from "./stored-run.ts";

/** `rcm show RUN`: every host's steps and how they ended. */
export async function show(id: string, flags: Flags): Promise<number> {
  const run = await findRun(stateFolder(), id);
  if (flags.format === "md" || flags.format === "cast") return await pourReport(run, flags.format);
  const about = await summary(run);
  const hosts = await Promise.all(about.hosts.map(async (host) => ({ host, ...(await run.restored(host)) })));
  if (flags.json === true) {
    printJson(
      {
        ...about,
        steps: hosts.map(({ host, finished, started }) => ({
          host,
          finished: Object.fromEntries(finished),
          unfinished: [...started],
        })),
      },
      process.stdout,
    );
    return EXIT.ok;
  }
  printText(
    `run ${about.id} of ${about.runbook}: ${about.status}${about.resumable ? ` (go on with: rcm resume ${about.id})` : ""}\n`,
    process.stdout,
  );
  printText(`started ${about.startedAt}${about.endedAt ? `, ended ${about.endedAt}` : ""}\n`, process.stdout);
  for (const { host, finished, started } of hosts) {
    printText(`\n${host}\n`, process.stdout);
    printTable(
      [
        ...[...finished].map(([step, result]) => row(step, result)),
        ...[...started].map((step) => [`  ${step}`, "unfinished", "", ""]),
      ],
      process.stdout,
    );
  }
  return EXIT.ok;
}

/** The report is text for a file: whoever wants to see it pipes it to a program for that. */
async function pourReport(run: RunFolder, format: "md" | "cast"): Promise<number> {
  const report = await readRun(run);
  for await (const piece of format === "md" ? markdownOf(report) : castOf(report)) await write(piece);
  return EXIT.ok;
}

async function write(piece: string | Buffer): Promise<void> {
  if (!process.stdout.write(piece)) await new Promise((resolve) => process.stdout.once("drain", resolve));
}

function row(step: string, { status, startedAt, endedAt, message, error }: Result): string[] {
  return [`  ${step}`, status, formatDuration(endedAt - startedAt), error ?? message];
}

/** `rcm logs RUN [HOST] [STEP]`: what steps printed. */
export async function logs(
  id: string,
  host: string | undefined,
  step: string | undefined,
  flags: Flags,
): Promise<number> {
  const run = await findRun(stateFolder(), id);
  const hosts = host === undefined ? run.header.hosts : [host];
  if (host !== undefined && !run.header.hosts.includes(host))
    throw new RcmError(
      `The run ${run.header.id} has no host "${host}": it has ${run.header.hosts.join(", ")}`,
      { code: "nothing-matched" },
    );
  const stream: Stream | undefined =
    flags.stdout === true ? "stdout" : flags.stderr === true ? "stderr" : undefined;
  const attempt = attemptOf(flags.attempt);
  const wanted = { stream, attempt, titled: host === undefined || step === undefined };
  for (const one of hosts) await logsOf(run, one, step, wanted);
  return EXIT.ok;
}

function attemptOf(given: unknown): number | undefined {
  if (given === undefined || /^[1-9]\d*$/.test(String(given)))
    return given === undefined ? given : Number(given);
  throw new RcmError(`--attempt is "${String(given)}": wanted a number, counted from 1`, { code: "usage" });
}

/** Which part of what was printed. */
interface Wanted {
  readonly stream: Stream | undefined;
  readonly attempt: number | undefined;
  readonly titled: boolean;
}

async function logsOf(run: RunFolder, host: string, step: string | undefined, wanted: Wanted): Promise<void> {
  const kept = new Set(await readdir(join(run.folder, "out", fileName(host))).catch(() => []));
  const { finished, started } = await run.restored(host);
  const steps = [...new Set([...finished.keys(), ...started])];
  if (step !== undefined && !steps.includes(step))
    throw new RcmError(
      `The host "${host}" did not run a step "${step}": it ran ${steps.join(", ") || "none"}`,
      { code: "nothing-matched" },
    );
  for (const one of step === undefined ? steps : [step]) {
    if (!kept.has(`${fileName(one)}.log`)) continue;
    if (wanted.titled) printText(`==> ${host} | ${one} <==\n`, process.stdout);
    await pour(run.sinkPath(host, one), wanted);
  }
}

/** Harmless on a terminal; into a file or pipe it goes byte by byte as it was. */
async function pour(path: string, { stream, attempt, titled }: Wanted): Promise<void> {
  let last = 1;
  const harmless = process.stdout.isTTY ? new Neutraliser() : undefined;
  for await (const { data, attempt: own } of readSink(path, stream)) {
    if (attempt !== undefined && own !== attempt) continue;
    if (titled && own !== last) printText(`==> attempt ${own} <==\n`, process.stdout);
    last = own;
    await write(harmless ? harmless.push(data) : data);
  }
  if (harmless) process.stdout.write(harmless.end());
}
