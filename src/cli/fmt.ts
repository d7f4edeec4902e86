import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { buffer } from "node:stream/consumers";
import { messageOf, Problems, RcmError, throwAll } from "../errors.ts";
import { format } from "../flow/format.ts";
import { printText } from "../report/print.ts";
import { EXIT } from "./exit.ts";

/** `rcm fmt [FILES…]`: brings flows into their canonical form; either all that need it are written, or none. */
export async function fmt(
  given: readonly string[],
  { check }: Readonly<Record<string, unknown>>,
): Promise<number> {
  if (given.includes("-")) return await formatInput(given, check === true);
  const files = await filesOf(given.length === 0 ? ["."] : given);
  const changed = (await formatAll(files)).filter(({ before, after }) => before !== after);
  if (check !== true) for (const { file, after } of changed) await rewrite(file, after);
  for (const { file } of changed) printText(`${file}\n`, process.stdout);
  return check === true && changed.length > 0 ? EXIT.usage : EXIT.ok;
}

const STDIN = "<stdin>";

async function formatInput(given: readonly string[], check: boolean): Promise<number> {
  if (given.length > 1) {
    throw new RcmError('"-" stands for standard input, and cannot be given with files', { code: "usage" });
  }
  const before = textOf(await buffer(process.stdin), STDIN);
  const after = format(before, STDIN);
  if (!check) process.stdout.write(after);
  else if (before !== after) printText(`${STDIN}\n`, process.stdout);
  return check && before !== after ? EXIT.usage : EXIT.ok;
}

/** The files meant, each once: a folder stands for the flows right in it. */
async function filesOf(given: readonly string[]): Promise<readonly string[]> {
  const found = new Map<string, string>();
  for (const path of given) {
    for (const file of (await isFolder(path)) ? await flowsIn(path) : [path]) {
      if (!found.has(resolve(file))) found.set(resolve(file), file);
    }
  }
  return [...found.values()];
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    throw failed("read", path, error);
  }
}

async function flowsIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw failed("read", folder, error);
  });
  const names = entries.filter((entry) => !entry.isDirectory() && entry.name.endsWith(".hcl"));
  return names.map(({ name }) => join(folder, name)).toSorted();
}

interface Formatted {
  readonly file: string;
  readonly before: string;
  readonly after: string;
}

async function formatAll(files: readonly string[]): Promise<readonly Formatted[]> {
  const formatted: Formatted[] = [];
  const problems: RcmError[] = [];
  for (const file of files) {
    try {
      const bytes = await readFile(file).catch((error: unknown) => {
        throw failed("read", file, error);
      });
      const before = textOf(bytes, file);
      formatted.push({ file, before, after: format(before, file) });
    } catch (error) {
      if (!(error instanceof RcmError)) throw error;
      problems.push(...(error instanceof Problems ? error.problems : [error]));
    }
  }
  throwAll(problems);
  return formatted;
}

/** Text that is not UTF-8 is refused: written back, its bytes would be lost. */
function textOf(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new RcmError(`"${file}" is not UTF-8 text`, { code: "flow", where: { file } });
  }
}

/** In place, so that owner, mode and links stay. */
async function rewrite(file: string, text: string): Promise<void> {
  await writeFile(file, text).catch((error: unknown) => {
    throw failed("write", file, error);
  });
}

function failed(what: "read" | "write", path: string, cause: unknown): RcmError {
  return new RcmError(`Cannot ${what} "${path}": ${messageOf(cause)}`, { code: "usage", cause });
}
