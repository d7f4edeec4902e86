import { chmod, mkdir, stat } from "node:fs/promises";
import { homedir, userInfo } from "node:os";
import { extname, isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import { messageOf, type Position, Problems, RcmError } from "../errors.ts";
import { OWN_ROOT } from "../util/own-root.ts";
import { thrownPosition } from "./where.ts";

/** Endings of files that can be loaded. */
export const EXTENSIONS = [".ts", ".mts", ".js", ".mjs"];

/** What a file's imports of rcm mean: the very instances that run. */
export type OwnModules = Readonly<Record<"rcm" | "rcm/modules", object>>;

/** What a file exports, by name. */
export type Exports = Readonly<Record<string, unknown>>;

/**
 * What a TypeScript or JavaScript file exports. `import "rcm"` in it means the rcm that runs, wherever the file lies.
 *
 * @throws RcmError with file, line and column of what is wrong in it
 */
export async function importFile(file: string, own: OwnModules): Promise<Exports> {
  const { createJiti } = await import("jiti");
  const jiti = createJiti(import.meta.url, {
    virtualModules: { ...own },
    alias: { "rcm/testing": entry("testing"), "rcm/flow": entry("flow/typescript") },
    fsCache: await privateCache(),
    moduleCache: true,
    interopDefault: true,
    nativeModules: [],
    tryNative: false,
  });
  try {
    return { ...(await jiti.import<object>(file)), default: await jiti.import(file, { default: true }) };
  } catch (thrown) {
    if (thrown instanceof RcmError) throw placed(thrown);
    const where = syntaxPosition(thrown, file) ?? thrownPosition(thrown);
    throw new RcmError(
      `Cannot load "${file}": ${firstLine(messageOf(thrown)).replace("ParseError: ", "").trim()}`,
      {
        code: "runbook",
        where,
        cause: thrown,
      },
    );
  }
}

/** With the place in the file, if it has none of its own. */
function placed(error: RcmError): RcmError {
  const where = error.where ?? thrownPosition(error);
  if (error.where || !where || error instanceof Problems) return error;
  return new RcmError(error.message, { code: error.code, hint: error.hint, where, cause: error });
}

/** Few runbooks import these, so they are not loaded before one does. */
function entry(folder: string): string {
  const isSource = extname(fileURLToPath(import.meta.url)) === ".ts";
  return join(OWN_ROOT, isSource ? `src/${folder}/index.ts` : `dist/src/${folder}/index.js`);
}

/** jiti's own cache folder is predictable and shared; ours is private, or there is none. */
async function privateCache(): Promise<string | false> {
  const base = process.env.XDG_CACHE_HOME;
  const folder = join(base && isAbsolute(base) ? base : join(homedir(), ".cache"), "rcm", "jiti");
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const { uid } = await stat(folder);
    if (uid !== userInfo().uid) return false;
    await chmod(folder, 0o700);
    return folder;
  } catch {
    return false; // a read-only home: slower, not wrong
  }
}

/** A syntax error tells its place in `loc`, at the end of the message, `(12:5)`, or on the line below it. */
function syntaxPosition(thrown: unknown, file: string): Position | undefined {
  const message = messageOf(thrown);
  const loc = (thrown as { loc?: { line?: number; column?: number } }).loc;
  const named =
    /^(?:\w*Error: )?(\/[^:\n]+): .*\((\d+):(\d+)\)/m.exec(message) ??
    /^ (\/[^\n]+):(\d+):(\d+)$/m.exec(message);
  if (named) return { file: named[1] ?? file, line: Number(named[2]), column: Number(named[3]) + 1 };
  if (loc?.line !== undefined) return { file, line: loc.line, column: (loc.column ?? 0) + 1 };
  const match = /\((\d+):(\d+)\)/.exec(message);
  return match && thrown instanceof SyntaxError
    ? { file, line: Number(match[1]), column: Number(match[2]) + 1 }
    : undefined;
}

function firstLine(text: string): string {
  return text.split("\n")[0] ?? text;
}
