import { readdirSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { relative, sep } from "node:path";
import type { FileReader, World } from "./world.ts";

/** The most entries of folders that a look for files goes through. */
const MOST_ENTRIES = 100_000;

/**
 * The world as the controller is: its files, its environment, and who runs rcm.
 *
 * @param run what is to be kept with a run, and the folder of its flow
 */
export function controllerWorld(run: Pick<World, "now" | "seed" | "folder">): World {
  return { ...run, env: process.env, home: homedir(), files: DISK };
}

const DISK: FileReader = {
  read: (path) => readFileSync(path),
  exists: (path) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false,
  list: (folder) => filesBelow(folder),
};

/** Links to folders are not followed: they may go round in a circle. */
function filesBelow(folder: string): readonly string[] {
  const found: string[] = [];
  const folders = [folder];
  let seen = 0;
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    for (const entry of readdirSync(next, { withFileTypes: true })) {
      if (++seen > MOST_ENTRIES) throw new Error(`there are more than ${MOST_ENTRIES} files and folders`);
      const path = `${next}/${entry.name}`;
      if (entry.isDirectory()) folders.push(path);
      else if (entry.isFile() || (entry.isSymbolicLink() && DISK.exists(path))) {
        found.push(relative(folder, path).replaceAll(sep, "/"));
      }
    }
  }
  return found;
}
