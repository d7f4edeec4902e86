import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { open, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { messageOf, RcmError } from "../errors.ts";
import { fileName, makeFolder } from "./folder.ts";
import {
  FileJournal,
  type Journal,
  NO_JOURNAL,
  NOTHING_RESTORED,
  type Restored,
  restore,
} from "./journal.ts";
import { FileSink, NO_SINK, type Sink } from "./sink.ts";

/** The format of run folders; another number is refused, not guessed at. */
const FORMAT = 1;

/** What is known of a run from its beginning on. */
export interface RunHeader {
  readonly format: number;
  readonly id: string;
  /** The runbook's or site's name. */
  readonly runbook: string;
  /** ISO time. */
  readonly startedAt: string;
  readonly hosts: readonly string[];
  /** What was planned at the beginning, once for all hosts with the same steps. */
  readonly plans?: readonly StepsOfHosts[];
  /** Equal for runs of the same runbook, params and hosts. */
  readonly key: string;
  readonly fingerprint: string;
  /** Random text that the names of this run's receipts on hosts begin with. */
  readonly receipts: string;
  /** What `resume` needs to build the plan again; the command line understands it. */
  readonly request: unknown;
}

/** Hosts with the same steps. */
export interface StepsOfHosts {
  readonly hosts: readonly string[];
  readonly steps: ReadonlyArray<{ readonly id: string; readonly module: string }>;
}

/** How a run ended, or that it has not. */
export interface RunState {
  readonly status: "running" | "completed" | "failed" | "halted";
  readonly endedAt?: string;
}

/** Where a run keeps what must outlive it. */
export interface RunRecord {
  /** Undefined when nothing is kept. */
  readonly folder: string | undefined;
  /** What the names of receipts on hosts begin with; undefined when none are left. */
  readonly receipts: string | undefined;
  restored(host: string): Promise<Restored>;
  journal(host: string): Promise<Journal>;
  sink(host: string, step: string): Sink;
}

/** Keeps nothing: for dry runs and ad hoc commands. */
export const NO_RECORD: RunRecord = {
  folder: undefined,
  receipts: undefined,
  restored: async () => NOTHING_RESTORED,
  journal: async () => NO_JOURNAL,
  sink: () => NO_SINK,
};

/**
 * A run on the disk: `run.json` (header), `state.json`, `checkpoint/HOST.jsonl` (journals; `history/` once the run
 * has completed) and `out/HOST/STEP.log`.
 */
export class RunFolder implements RunRecord {
  readonly folder: string;
  readonly header: RunHeader;
  readonly #isNew: boolean;
  /** Folders of hosts that are there. */
  readonly #made = new Set<string>();

  /** Makes the folder of a new run. */
  static async create(
    stateFolder: string,
    facts: Omit<RunHeader, "format" | "startedAt" | "receipts">,
  ): Promise<RunFolder> {
    const header: RunHeader = {
      format: FORMAT,
      startedAt: new Date().toISOString(),
      receipts: randomBytes(16).toString("hex"),
      ...facts,
    };
    const folder = makeFolder(join(stateFolder, "runs", facts.id));
    makeFolder(join(folder, "checkpoint"));
    makeFolder(join(folder, "out"));
    makeFolder(join(stateFolder, "resumable"));
    // First the mark: one without a run is looked over, but a run without its mark would not be found.
    await writeFile(resumableMark(folder), "");
    await Promise.all([
      syncFolder(join(stateFolder, "resumable")),
      writeDurably(join(folder, "run.json"), header),
    ]);
    return new RunFolder(folder, header, true);
  }

  /** Opens the folder of a run that there is. */
  static async open(folder: string): Promise<RunFolder> {
    const path = join(folder, "run.json");
    const header = (await readJson(path)) as RunHeader;
    if (header.format !== FORMAT) {
      throw new RcmError(
        `Cannot read the run in "${folder}": its format is ${header.format}, this rcm knows ${FORMAT}`,
        {
          code: "state",
          hint: "use the rcm that made it",
        },
      );
    }
    return new RunFolder(folder, header, false);
  }

  private constructor(folder: string, header: RunHeader, isNew: boolean) {
    this.folder = folder;
    this.header = header;
    this.#isNew = isNew;
  }

  get receipts(): string {
    return this.header.receipts;
  }

  /** True while there is something to resume. */
  get hasCheckpoint(): boolean {
    return existsSync(join(this.folder, "checkpoint"));
  }

  async state(): Promise<RunState> {
    const path = join(this.folder, "state.json");
    return existsSync(path) ? ((await readJson(path)) as RunState) : { status: "running" };
  }

  async setState(state: RunState): Promise<void> {
    await writeDurably(join(this.folder, "state.json"), state);
  }

  /** There is nothing to resume any more: the run has completed, or nobody wants to. Its history stays. */
  async complete(): Promise<void> {
    await rm(join(this.folder, "history"), { recursive: true, force: true });
    await rename(join(this.folder, "checkpoint"), join(this.folder, "history"));
    await rm(resumableMark(this.folder), { force: true });
  }

  /** Removes all that is kept of the run. */
  async remove(): Promise<void> {
    await rm(resumableMark(this.folder), { force: true });
    await rm(this.folder, { recursive: true, force: true });
  }

  async restored(host: string): Promise<Restored> {
    return await restore(this.#journalPath(host));
  }

  async journal(host: string): Promise<Journal> {
    return await FileJournal.open(this.#journalPath(host));
  }

  sink(host: string, step: string): Sink {
    return new FileSink(this.sinkPath(host, step), this.#isNew);
  }

  /** Path of a step's output files, without extension. */
  sinkPath(host: string, step: string): string {
    const folder = join(this.folder, "out", fileName(host));
    if (!this.#made.has(folder)) makeFolder(folder);
    this.#made.add(folder);
    return join(folder, fileName(step));
  }

  #journalPath(host: string): string {
    return join(this.folder, this.hasCheckpoint ? "checkpoint" : "history", `${fileName(host)}.jsonl`);
  }
}

/** All runs that there are, the newest first. */
export async function listRuns(stateFolder: string): Promise<RunFolder[]> {
  return await openRuns(join(stateFolder, "runs"), join(stateFolder, "runs"));
}

/** Those that can be resumed, the newest first; found without a look at all that have completed. */
export async function listResumable(stateFolder: string): Promise<RunFolder[]> {
  const runs = await openRuns(join(stateFolder, "resumable"), join(stateFolder, "runs"));
  return runs.filter((run) => run.hasCheckpoint);
}

/** An empty file says that a run has not completed; the checkpoint in its folder decides. */
function resumableMark(folder: string): string {
  return join(dirname(dirname(folder)), "resumable", basename(folder));
}

async function openRuns(index: string, root: string): Promise<RunFolder[]> {
  const names = await readdir(index).catch(() => []);
  const opened = await Promise.all(
    names.map((name) => RunFolder.open(join(root, name)).catch(() => undefined)), // one that was just being made or removed
  );
  return opened
    .filter((run): run is RunFolder => run !== undefined)
    .sort((a, b) => (a.header.startedAt < b.header.startedAt ? 1 : -1));
}

/**
 * The run with this id, or whose id begins or ends so.
 *
 * @throws RcmError with code `nothing-matched` when there is none, `usage` when there are several
 */
export async function findRun(stateFolder: string, id: string): Promise<RunFolder> {
  const runs = await listRuns(stateFolder);
  const found = runs.filter(
    ({ header }) => header.id === id || header.id.startsWith(id) || header.id.endsWith(id),
  );
  const [run, ...others] = found;
  if (!run)
    throw new RcmError(`There is no run "${id}"`, { code: "nothing-matched", hint: "`rcm runs` lists them" });
  if (others.length === 0) return run;
  throw new RcmError(`"${id}" may mean ${found.map(({ header }) => header.id).join(" or ")}`, {
    code: "usage",
    hint: "give more of the id",
  });
}

/** The id of a new run: it sorts by time, and its last four letters are enough to name it. */
export function newRunId(): string {
  const stamp = new Date().toISOString().replaceAll(/[-:]/g, "").replace("T", "-").slice(0, 15);
  return `${stamp}-${randomBytes(2).toString("hex")}`;
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    throw new RcmError(`Cannot read "${path}": ${messageOf(cause)}`, { code: "state", cause });
  }
}

/** Either the old content or the new one, whatever happens in between. */
async function writeDurably(path: string, value: unknown): Promise<void> {
  const temporary = `${path}.new`;
  try {
    const file = await open(temporary, "w", 0o600);
    try {
      await file.writeFile(`${JSON.stringify(value, null, 2)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } catch (cause) {
    throw new RcmError(`Cannot write "${path}": ${messageOf(cause)}`, { code: "state", cause });
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  await folder.sync().finally(() => folder.close());
}
