import { dirname } from "node:path";
import { RcmError } from "../errors.ts";
import type { InventorySource } from "../inventory/model.ts";
import type { LocalSide } from "../module/define.ts";
import { localSide } from "../module/local-side.ts";
import { buildPlan } from "../plan/build.ts";
import type { Plan } from "../plan/plan.ts";
import { loadRunbook } from "../runbook/load.ts";
import { siteOf } from "../runbook/site.ts";
import { isRunbook, isSite, type Site } from "../runbook/spec.ts";
import type { ConnectionOptions, Runnable } from "./options.ts";
import { ownModules } from "./own-modules.ts";
import { type Ask, overridesOf } from "./passwords.ts";
import { isFlow, type Moment, type RunRequest } from "./request.ts";
import { inventoryFrom } from "./sources.ts";

/** What a plan is made from. */
export interface PlanSource {
  readonly runbook: Runnable;
  readonly sources: readonly InventorySource[];
  readonly request: Pick<RunRequest, "file" | "limit" | "params" | "moment">;
  /** With the passwords, which a request has not. */
  readonly connection: ConnectionOptions;
  readonly ask?: Ask;
  /** Where relative local paths begin when the runbook came from no file. */
  readonly folder?: string | undefined;
}

/** A plan, and what belongs to it. */
export interface Prepared {
  readonly plan: Plan;
  readonly local: LocalSide;
  readonly warnings: readonly string[];
}

/**
 * Loads runbook and inventory and builds the plan. Nothing is connected to.
 *
 * @throws RcmError or Problems with everything that is wrong
 */
export async function preparePlan(source: PlanSource): Promise<Prepared> {
  const { file, limit, params } = source.request;
  const overrides = await overridesOf(source.connection, source.ask);
  const inventory = await inventoryFrom(source.sources, overrides);
  const local = localSide(file === undefined ? (source.folder ?? process.cwd()) : dirname(file));
  const site = await siteFrom(source.runbook, source.request.moment);
  const plan = await buildPlan({ site, file, inventory, limit, overrides, params, local });
  return { plan, local, warnings: inventory.warnings };
}

/**
 * The site of what can be run; a file is loaded.
 *
 * @throws RcmError for anything else
 */
export async function siteFrom(runbook: Runnable, moment?: Moment): Promise<Site> {
  if (isFlow(runbook)) return await flowSite(runbook, moment);
  if (typeof runbook === "string") return await loadRunbook(runbook, await ownModules());
  if (isSite(runbook)) return runbook;
  if (isRunbook(runbook)) return siteOf(runbook);
  throw new RcmError(
    `Cannot run ${String(runbook)}: wanted a runbook, a site, or the path of a file that exports one`,
    {
      code: "usage",
    },
  );
}

/** What reads flows is loaded when there is one. */
async function flowSite(path: string, moment: Moment | undefined): Promise<Site> {
  const { newMoment, openFlow } = await import("./flow-site.ts");
  const { runbook } = await openFlow({ file: path }, moment ?? newMoment());
  return siteOf(runbook);
}
