import { readdir, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join, relative, resolve, sep } from "node:path";
import { RcmError } from "../errors.ts";
import { readLocalFile, unreadable } from "../shell/file.ts";
import type { LocalSide, LocalTree } from "./define.ts";
import { secretsFrom } from "./secrets.ts";

/** This side as modules of a runbook in the given folder see it, without any secrets. */
export function localSide(folder: string): LocalSide {
  const locate = (path: string): string =>
    path.startsWith("~/") ? join(homedir(), path.slice(2)) : resolve(folder, path);
  return {
    path: locate,
    file: (path) => readLocalFile(locate(path)),
    tree: async (path) => {
      const root = locate(path);
      const facts = await stat(root).catch((cause: unknown) => {
        throw unreadable(root, cause);
      });
      return facts.isDirectory() ? await readTree(root) : undefined;
    },
    secrets: secretsFrom([], new Map()),
  };
}

async function readTree(root: string): Promise<LocalTree> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const paths = entries
    .map((entry) => ({
      path: relative(root, join(entry.parentPath, entry.name)).split(sep).join("/"),
      entry,
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  const odd = paths.find(({ entry }) => !entry.isFile() && !entry.isDirectory());
  if (odd) {
    throw new RcmError(`Cannot copy "${root}": "${odd.path}" in it is neither a file nor a folder`, {
      code: "plan",
      hint: "links and devices are not followed; copy what they point to by itself",
    });
  }
  return {
    folders: paths.filter(({ entry }) => entry.isDirectory()).map(({ path }) => path),
    files: await Promise.all(
      paths
        .filter(({ entry }) => entry.isFile())
        .map(async ({ path }) => ({ path, file: await readLocalFile(join(root, path)) })),
    ),
  };
}
