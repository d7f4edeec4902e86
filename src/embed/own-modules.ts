import type { OwnModules } from "../runbook/import-file.ts";

/** What runbooks import from rcm, loaded when there is a runbook to load. */
export async function ownModules(): Promise<OwnModules> {
  const [rcm, modules] = await Promise.all([import("../index.ts"), import("../../modules/index.ts")]);
  return { rcm, "rcm/modules": modules };
}
