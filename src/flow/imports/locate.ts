import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { extname, join, resolve } from "node:path";
import { EXTENSIONS } from "../../runbook/import-file.ts";
import { problemAt } from "../syntax/problem.ts";
import type { Span } from "../syntax/source.ts";

/** A file, and which of its exports is meant. */
export interface Located {
  /** Absolute. */
  readonly file: string;
  /** The name that TypeScript imports it by, where that is no file. */
  readonly package?: string;
  readonly target: string | undefined;
}

const ALL = [".hcl", ...EXTENSIONS];

/**
 * The file that a reference means: `./x.ts:target`; `path.to.module:target`, which is `path/to/module.ts` and the like
 * beside the flow; else a package that is installed there or above.
 *
 * @throws RcmError with the place when there is none
 */
export function locate(reference: string, folder: string, span: Span): Located {
  const [, source = reference, target] = /^(.+?)(?::([A-Za-z_$][\w$]*))?$/.exec(reference) ?? [];
  if (ALL.includes(extname(source)) || /^(?:\.{0,2}\/)/.test(source))
    return inFile(source, target, folder, span);
  const dotted = /^[\w-]+(?:\.[\w-]+)*$/.test(source) ? source.split(".") : undefined;
  const beside =
    dotted && ALL.map((ending) => join(folder, ...dotted) + ending).find((file) => existsSync(file));
  return beside === undefined ? inPackage(source, target, folder, span) : { file: beside, target };
}

function inFile(source: string, target: string | undefined, folder: string, span: Span): Located {
  const path = resolve(folder, source);
  const file = [path, ...ALL.map((ending) => `${path}${ending}`)].find(
    (one) => existsSync(one) && extname(one) !== "",
  );
  if (file === undefined) throw problemAt(span, `Cannot import "${source}": no such file`);
  if (ALL.includes(extname(file))) return { file, target };
  throw problemAt(span, `Cannot import "${source}": expected a file that ends in ${ALL.join(", ")}`);
}

function inPackage(source: string, target: string | undefined, folder: string, span: Span): Located {
  try {
    return { file: createRequire(join(folder, "_")).resolve(source), package: source, target };
  } catch {
    const path = source.replaceAll(".", "/");
    throw problemAt(
      span,
      `Cannot import "${source}": there is no file ${path}.ts or the like beside the flow, and no package of that name`,
      'A file is named as in "./tasks.ts:deploy"',
    );
  }
}
