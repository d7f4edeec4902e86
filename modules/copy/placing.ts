import { basename, dirname } from "node:path";
import { placeFunction, placeNewFunction, type Script, sh } from "../../src/index.ts";
import { chunks, type Entry } from "./entries.ts";
import type { Options } from "./options.ts";

/** Makes the folders and puts files in place. */
export function placeAll(
  wanted: Options,
  root: string,
  directories: readonly string[],
  entries: readonly Entry[],
): Script {
  const { mode, owner, group, backup, validate, follow } = wanted;
  // A validator wants to see each file by itself; and `*`, which moves many at once, leaves out hidden ones.
  const isAlone = ({ path: name }: Entry): boolean =>
    validate !== undefined || basename(name).startsWith(".");
  return sh.lines(
    ...chunks(directories).map((some) => sh`mkdir -p ${some.map((name) => `${root}/${name}`)}`),
    placeFunction({ mode, owner, group, backup, validate, follow }),
    placeNewFunction({ mode, owner, group }),
    ...byFolder(entries.filter((entry) => !isAlone(entry))).flatMap(([folder, some]) =>
      chunks(some).map(
        (few) =>
          sh`rcm_place_new ${`${root}/${folder}`} ${few.flatMap(({ path: name, file }) => [file, basename(name)])}`,
      ),
    ),
    ...entries.filter(isAlone).map(({ path: name, file }) => sh`rcm_place ${file} ${`${root}/${name}`}`),
  );
}

function byFolder(entries: readonly Entry[]): Array<readonly [string, readonly Entry[]]> {
  const folders = new Map<string, Entry[]>();
  for (const entry of entries) {
    const folder = dirname(entry.path);
    const some = folders.get(folder) ?? [];
    some.push(entry);
    folders.set(folder, some);
  }
  return [...folders];
}
