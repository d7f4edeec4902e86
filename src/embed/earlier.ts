import { findRun, listResumable, type RunFolder } from "../checkpoint/run-folder.ts";
import { RcmError } from "../errors.ts";
import { isSame, type RunRequest } from "./request.ts";

/**
 * The run to resume: the one named, else the newest of a runbook in this folder, else the only one that there is.
 *
 * @throws RcmError when there is none, or it is not clear which
 */
export async function runToResume(stateFolder: string, id: string | undefined): Promise<RunFolder> {
  const run = id === undefined ? await nearest(stateFolder) : await findRun(stateFolder, id);
  if (run.hasCheckpoint) return run;
  throw new RcmError(`The run ${run.header.id} has completed: there is nothing to resume`, { code: "usage" });
}

async function nearest(stateFolder: string): Promise<RunFolder> {
  const open = await listResumable(stateFolder);
  const here = open.find(({ header }) =>
    (header.request as RunRequest).file?.startsWith(`${process.cwd()}/`),
  );
  const [only, ...others] = open;
  if (here) return here;
  if (!only)
    throw new RcmError("There is no run to resume", {
      code: "nothing-matched",
      hint: "`rcm runs` lists all runs",
    });
  if (others.length === 0) return only;
  const ids = open.map(({ header }) => header.id).join(", ");
  throw new RcmError(`Several runs can be resumed, none of a runbook in this folder: ${ids}`, {
    code: "usage",
    hint: "name one",
  });
}

/**
 * The newest run of the same request that did not complete.
 *
 * @throws RcmError with code `nothing-matched` when there is none
 */
export async function earlierRunOf(stateFolder: string, request: RunRequest): Promise<RunFolder> {
  const runs = await listResumable(stateFolder);
  const earlier = runs.find(({ header }) => isSame(header.request as RunRequest, request));
  if (earlier) return earlier;
  throw new RcmError("There is no run of this runbook with these params and hosts to resume", {
    code: "nothing-matched",
    hint: "start afresh, without resuming",
  });
}
