import * as builtIn from "../../modules/index.ts";
import { ownModules } from "../embed/own-modules.ts";
import { RcmError } from "../errors.ts";
import { isModule, type Module } from "../module/define.ts";
import { isPath, loadModule } from "../runbook/load-module.ts";
import { didYouMean } from "../util/nearest.ts";

/** All step modules that come with rcm, by name. */
export function allModules(): ReadonlyMap<string, Module> {
  const modules = Object.values(builtIn).filter(isModule) as unknown as Module[];
  return new Map(
    modules.map((module) => [module.definition.name, module] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/**
 * The module that a word of the command line means: one of rcm by its name, a file, or a package.
 *
 * @throws RcmError naming the ones that there are, or with the place of what is wrong in a file
 */
export async function moduleFor(word: string): Promise<Module> {
  const modules = allModules();
  const module = modules.get(word.replaceAll("-", "_"));
  if (module) return module;
  try {
    return await loadModule(word, await ownModules());
  } catch (error) {
    const similar = isPath(word) ? "" : didYouMean(word, modules.keys());
    if (similar === "" || !(error instanceof RcmError) || error.code !== "usage") throw error;
    throw new RcmError(`There is no module "${word}"${similar}`, {
      code: "usage",
      hint: "`rcm modules` lists them",
    });
  }
}
