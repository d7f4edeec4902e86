import { stateFolder } from "../checkpoint/folder.ts";
import { findRun, listResumable, type RunFolder } from "../checkpoint/run-folder.ts";
import { RcmError } from "../errors.ts";
import { applyRequest } from "./apply.ts";
import { connectionFlags, type RunRequest } from "./request.ts";

/** `rcm resume`: the runbook is built again from its source, and what was done is not done again. */
export async function resume(
  id: string | undefined,
  flags: Readonly<Record<string, unknown>>,
): Promise<number> {
  const run = id === undefined ? await nearest() : await findRun(stateFolder(), id);
  if (!run.hasCheckpoint) {
    const message = `The run ${run.header.id} has completed: there is nothing to resume`;
    throw new RcmError(message, { code: "usage" });
  }
  const request = run.header.request as RunRequest;
  // Flags given now win over those of the first time; passwords were never kept.
  const connection = { ...request.connection, ...connectionFlags(flags) };
  const forks = (flags.forks as number | undefined) ?? request.forks;
  return await applyRequest({ ...request, connection, forks }, flags, run);
}

/** The newest run to resume of a runbook in this folder, or the only one that there is. */
async function nearest(): Promise<RunFolder> {
  const open = await listResumable(stateFolder());
  const here = open.find(({ header }) => (header.request as RunRequest).file.startsWith(`${process.cwd()}/`));
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
