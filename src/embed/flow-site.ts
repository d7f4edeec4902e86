import { randomUUID } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, relative, resolve, sep } from "node:path";
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
  return {
    ...{ now: new Date(now), seed, env: process.env, folder, home: homedir() },
    files: {
      read: (path) => readFileSync(path),
      exists: existsSync,
      list: filesBelow,
    },
  };
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"));
}
