import { resume as resuming } from "../embed/apply.ts";
import { execute } from "./execute.ts";
import { type Flags, runOptions } from "./options.ts";

/** `rcm resume`: the runbook is built again from its source, and what was done is not done again. */
export async function resume(id: string | undefined, flags: Flags): Promise<number> {
  // Flags given now win over those of the first time; passwords were never kept.
  return await execute(resuming(id, runOptions(flags)), flags, "apply");
}
