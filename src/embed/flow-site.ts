import { randomUUID } from "node:crypto";
import { dirname, resolve } from "node:path";
import { controllerWorld } from "../flow/functions/controller-world.ts";
import type { World } from "../flow/functions/world.ts";
import { type FlowSettings, type LoadedFlow, loadFlow, loadFlowText } from "../flow/load.ts";
import { isModule } from "../module/define.ts";
import { ownModules } from "./own-modules.ts";
import type { Moment } from "./request.ts";

/** What a flow is loaded from: its file, or its text and what to call that. */
export type FlowOrigin = { readonly file: string } | { readonly text: string; readonly name: string };

/**
 * Loads a flow with what comes with rcm.
 *
 * @param moment what functions give that are not the same in each run; a resumed run keeps it
 */
export async function openFlow(origin: FlowOrigin, moment: Moment): Promise<LoadedFlow> {
  const folder = "file" in origin ? dirname(resolve(origin.file)) : process.cwd();
  const settings = await settingsFor(folder, moment);
  return "file" in origin
    ? await loadFlow(origin.file, settings)
    : await loadFlowText(origin.text, origin.name, settings);
}

/** A moment of now. */
export function newMoment(): Moment {
  return { now: Date.now(), seed: randomUUID() };
}

async function settingsFor(folder: string, moment: Moment): Promise<FlowSettings> {
  const own = await ownModules();
  const modules = Object.values(own["rcm/modules"]).filter(isModule);
  return { own, modules, world: worldIn(folder, moment) };
}

/** What functions see of this machine. */
export function worldIn(folder: string, { now, seed }: Moment): World {
  return controllerWorld({ now: new Date(now), seed, folder });
}
