import { access } from "node:fs/promises";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { extname, join, resolve } from "node:path";
import { RcmError } from "../errors.ts";
import { isModule, type Module } from "../module/define.ts";
import { EXTENSIONS, type Exports, importFile, type OwnModules } from "./import-file.ts";

/** Where a module comes from, and which of the exports it is, when that was said. */
interface Reference {
  readonly source: string;
  readonly target: string | undefined;
}

/**
 * Loads a step module from a file (`./modules/migrate.ts`) or an npm package (`my-modules`, `@me/modules/db`), which
 * is looked for from the folder on. Of several modules there, `:name` says which: `./modules/db.ts:migrate`.
 *
 * @throws RcmError with file, line and column of what is wrong in it; or naming the modules that there are
 */
export async function loadModule(given: string, own: OwnModules, folder = process.cwd()): Promise<Module> {
  const reference = readReference(given);
  const file = isPath(reference.source)
    ? await existing(reference.source, folder)
    : installed(reference.source, folder);
  return choose(await importFile(file, own), reference, file);
}

/** Does this name a file, rather than a package or one of rcm's own modules? */
export function isPath(source: string): boolean {
  return /^(?:\.{0,2}|~)\//.test(source) || EXTENSIONS.includes(extname(source));
}

function readReference(given: string): Reference {
  const match = /^(.+?):([A-Za-z_$][\w$]*)$/.exec(given);
  return { source: match?.[1] ?? given, target: match?.[2] };
}

async function existing(source: string, folder: string): Promise<string> {
  const file = resolve(folder, source.startsWith("~/") ? join(homedir(), source.slice(2)) : source);
  const problem = (message: string, cause?: unknown): RcmError =>
    new RcmError(`Cannot read the module "${source}": ${message}`, { code: "runbook", cause });
  await access(file).catch((cause: unknown) => {
    throw problem("no such file", cause);
  });
  if (EXTENSIONS.includes(extname(file))) return file;
  throw problem(`wanted a file that ends in ${EXTENSIONS.join(", ")}`);
}

function installed(source: string, folder: string): string {
  try {
    return createRequire(join(folder, "_")).resolve(source);
  } catch (cause) {
    throw new RcmError(`There is no module "${source}", and no package of that name in ${folder} or above`, {
      code: "usage",
      hint: "`rcm modules` lists those of rcm; a file begins with ./",
      cause,
    });
  }
}

function choose(exports: Exports, { source, target }: Reference, file: string): Module {
  const modules = new Map(
    Object.entries(exports).flatMap(([name, value]) => (isModule(value) ? [[name, value] as const] : [])),
  );
  const problem = (message: string): RcmError => new RcmError(message, { code: "runbook", where: { file } });
  const names = [...modules.keys()].join(", ");
  if (target !== undefined) {
    const wanted = modules.get(target);
    if (wanted) return wanted;
    throw problem(`"${source}" exports no module "${target}": it has ${names || "none"}`);
  }
  const all = new Set(modules.values());
  const [only] = all;
  const found = modules.get("default") ?? (all.size === 1 ? only : undefined);
  if (found) return found;
  if (all.size === 0) throw problem(`"${source}" exports no module: wanted one that defineModule made`);
  throw problem(
    `"${source}" exports several modules: say which, as in ${source}:${[...modules.keys()][0]} (${names})`,
  );
}
