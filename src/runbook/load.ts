import { access, chmod, mkdir, stat } from "node:fs/promises";
import { homedir, userInfo } from "node:os";
import { extname, isAbsolute, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { messageOf, type Position, RcmError } from "../errors.ts";
import { OWN_ROOT } from "../util/own-root.ts";
import { siteOf } from "./site.ts";
import { isRunbook, isSite, type Site } from "./spec.ts";
import { thrownPosition } from "./where.ts";

const EXTENSIONS = [".ts", ".mts", ".js", ".mjs"];

/** What a runbook's imports of rcm mean: the very instances that run. */
export type OwnModules = Readonly<Record<"rcm" | "rcm/modules", object>>;

/**
 * Loads a runbook file. `import "rcm"` in it means the rcm that runs, wherever the file lies; nothing needs to be
 * installed beside it.
 *
 * @returns the site it exports by default; a runbook alone is a site of one part
 * @throws RcmError with file, line and column of what is wrong in it
 */
export async function loadRunbook(path: string, own: OwnModules): Promise<Site> {
  const file = resolve(path);
  await access(file).catch((cause: unknown) => {
    throw new RcmError(`Cannot read the runbook "${relative(process.cwd(), file)}": no such file`, {
      code: "runbook",
      cause,
    });
  });
  if (!EXTENSIONS.includes(extname(file))) {
    throw new RcmError(
      `Cannot read the runbook "${path}": wanted a file that ends in ${EXTENSIONS.join(", ")}`,
      { code: "runbook" },
    );
  }
  const exported = await importFile(file, own);
  if (isSite(exported)) return exported;
  if (isRunbook(exported)) return siteOf(exported);
  throw new RcmError(
    `"${path}" exports no runbook: wanted \`export default runbook(…)\` or \`export default site(…)\``,
    {
      code: "runbook",
      where: { file },
    },
  );
}

/** What a TypeScript or JavaScript file exports by default. */
async function importFile(file: string, own: OwnModules): Promise<unknown> {
  const { createJiti } = await import("jiti");
  const jiti = createJiti(import.meta.url, {
    virtualModules: { ...own },
    alias: { "rcm/testing": testing() },
    fsCache: await privateCache(),
    moduleCache: true,
    interopDefault: true,
    nativeModules: [],
    tryNative: false,
  });
  try {
    return await jiti.import(file, { default: true });
  } catch (thrown) {
    if (thrown instanceof RcmError) throw thrown;
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

/** Few runbooks import it, so it is not loaded before one does. */
function testing(): string {
  const isSource = extname(fileURLToPath(import.meta.url)) === ".ts";
  return join(OWN_ROOT, isSource ? "src/testing/index.ts" : "dist/src/testing/index.js");
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
