import { access } from "node:fs/promises";
import { extname, relative, resolve } from "node:path";
import { RcmError } from "../errors.ts";
import { EXTENSIONS, importFile, type OwnModules } from "./import-file.ts";
import { siteOf } from "./site.ts";
import { isRunbook, isSite, type Site } from "./spec.ts";

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
      {
        code: "runbook",
      },
    );
  }
  const exported = (await importFile(file, own)).default;
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
