import * as builtIn from "../../modules/index.ts";
import { RcmError } from "../errors.ts";
import { isModule, type Module } from "../module/define.ts";
import { didYouMean } from "../util/nearest.ts";

/** All step modules that come with rcm, by name. */
export function allModules(): ReadonlyMap<string, Module> {
  const modules = Object.values(builtIn).filter(isModule) as unknown as Module[];
  return new Map(
    modules.map((module) => [module.definition.name, module] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/**
 * The module of that name.
 *
 * @throws RcmError naming the ones that there are
 */
export function moduleNamed(name: string): Module {
  const modules = allModules();
  const module = modules.get(name.replaceAll("-", "_"));
  if (module) return module;
  throw new RcmError(`There is no module "${name}"${didYouMean(name, modules.keys())}`, {
    code: "usage",
    hint: "`rcm modules` lists them",
  });
}
