import { stateFolder } from "../checkpoint/folder.ts";
import { findRun, listRuns } from "../checkpoint/run-folder.ts";
import { RcmError } from "../errors.ts";
import { applyRequest } from "./apply.ts";
import { connectionFlags, type RunRequest } from "./request.ts";

/** `rcm resume`: the runbook is built again from its source, and what was done is not done again. */
export async function resume(
  id: string | undefined,
  flags: Readonly<Record<string, unknown>>,
): Promise<number> {
  const run =
    id === undefined
      ? (await listRuns(stateFolder())).find((one) => one.hasCheckpoint)
      : await findRun(stateFolder(), id);
  if (!run)
    throw new RcmError("There is no run to resume", {
      code: "nothing-matched",
      hint: "`rcm runs` lists all runs",
    });
  if (!run.hasCheckpoint)
    throw new RcmError(`The run ${run.header.id} has completed: there is nothing to resume`, {
      code: "usage",
    });
  const request = run.header.request as RunRequest;
  // Flags given now win over those of the first time; passwords were never kept.
  return await applyRequest(
    { ...request, connection: { ...request.connection, ...connectionFlags(flags) } },
    flags,
    run,
  );
}
