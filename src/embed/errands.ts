import { stateFolder } from "../checkpoint/folder.ts";
import { RcmError } from "../errors.ts";
import type { InventorySource } from "../inventory/model.ts";
import { carryOut, type Line } from "./carry-out.ts";
import { earlierRunOf, runToResume } from "./earlier.ts";
import type { ApplyOptions, ResumeOptions, Runnable } from "./options.ts";
import type { RunOutcome } from "./outcome.ts";
import { hiddenParams, isWhole, type RunRequest, requestOf } from "./request.ts";
import { inventorySources } from "./sources.ts";

const NO_INVENTORY = "no inventory was given: this machine is the only host";

/** Does what {@link apply} was asked for. */
export async function applying(runbook: Runnable, options: ApplyOptions, line: Line): Promise<RunOutcome> {
  const { mode = "apply", keep = true, resume = false, folder, stateDir = stateFolder() } = options;
  checkOptions(options);
  const sources = inventorySources(options.inventory);
  const request = requestOf(runbook, sources, options);
  const earlier = resume ? await earlierRunOf(stateDir, request) : undefined;
  if (sources.length === 0 && keep) line.emit({ type: "warning", message: NO_INVENTORY });
  const isKept = keep && mode === "apply";
  return await carryOut({ runbook, sources, request, folder, mode, isKept, earlier, options }, line);
}

function checkOptions({ mode, keep, resume, forks }: ApplyOptions): void {
  const wrong = (message: string): RcmError => new RcmError(message, { code: "usage" });
  if (mode !== undefined && mode !== "apply" && mode !== "check")
    throw wrong(`mode is ${JSON.stringify(mode)}: wanted "apply" or "check"`);
  if (forks !== undefined && !(Number.isInteger(forks) && forks > 0))
    throw wrong(`forks is ${String(forks)}: wanted a whole number from 1 on`);
  if (resume && mode === "check")
    throw wrong("resume and check exclude each other: a dry run takes nothing over");
  if (resume && keep === false) throw wrong("resume needs what earlier runs kept: leave out keep: false");
}

/** Does what {@link resume} was asked for. */
export async function resuming(
  id: string | undefined,
  options: ResumeOptions,
  line: Line,
): Promise<RunOutcome> {
  const earlier = await runToResume(options.stateDir ?? stateFolder(), id);
  const request = earlier.header.request as RunRequest;
  checkHidden(request, earlier.header.id);
  const runbook = runbookOf(request, options, earlier.header.id);
  const sources = sourcesOf(request, options, earlier.header.id);
  const { folder } = options;
  if (sources.length === 0) line.emit({ type: "warning", message: NO_INVENTORY });
  return await carryOut(
    { runbook, sources, request, folder, mode: "apply", isKept: true, earlier, options },
    line,
  );
}

function checkHidden(request: RunRequest, id: string): void {
  const hidden = hiddenParams(request);
  if (hidden.length === 0) return;
  const again = hidden.map((name) => ` -e ${name}=…`).join("");
  throw new RcmError(`The run ${id} was given secrets as params, which are not kept: ${hidden.join(", ")}`, {
    code: "usage",
    hint: isWhole(request)
      ? `give them again: rcm apply ${request.file} --resume${again}, with the other flags of the first time`
      : "give them again, from the program that began it: apply(runbook, { resume: true, params, … })",
  });
}

function runbookOf({ file, runbook }: RunRequest, options: ResumeOptions, id: string): Runnable {
  const found = options.runbook ?? file;
  if (found !== undefined) return found;
  throw new RcmError(`The run ${id} was of the runbook "${runbook}", which came from no file`, {
    code: "usage",
    hint: "resume it from the program that began it: resume(id, { runbook })",
  });
}

function sourcesOf(
  { inventory }: RunRequest,
  options: ResumeOptions,
  id: string,
): readonly InventorySource[] {
  if (options.inventory !== undefined) return inventorySources(options.inventory);
  if (inventory) return inventory;
  throw new RcmError(`The inventory of the run ${id} was an object, which is not kept`, {
    code: "usage",
    hint: "resume it from the program that began it: resume(id, { inventory })",
  });
}
