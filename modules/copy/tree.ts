import { chunks, type LocalTree, type Property, placeTree, type Script, sh } from "../../src/index.ts";
import { accessOfAll } from "./access.ts";
import { type Entry, isPlain } from "./entries.ts";
import type { Options } from "./options.ts";

/** One property for the whole folder: a line for each entry, and only those that differ are sent. */
export function treeProperties(
  wanted: Options,
  { folders, files }: LocalTree,
): Readonly<Record<string, Property>> {
  const root = wanted.dest.replace(/(.)\/+$/, "$1");
  const ordered = [...files.filter(isPlain), ...files.filter((entry) => !isPlain(entry))];
  const directories = [".", ...folders];
  const { mode, owner, group, backup, validate, follow } = wanted;
  const how = { mode, owner, group, backup, validate, follow };
  const lineOf = ({ path: name, file }: Entry): string =>
    wanted.force ? `${file.sha256}  ${name}` : `file ${name}`;
  return {
    files: {
      probe: sh.lines(
        sh`CDPATH= cd ${root} 2>/dev/null || exit 0`,
        sh`for f in ${directories}; do if [ -d "$f" ]; then printf 'directory %s\n' "$f"; fi; done`,
        ...(wanted.force ? hashes(ordered) : present(ordered)),
      ),
      want: [...directories.map((name) => `directory ${name}`), ...ordered.map(lineOf)].join("\n"),
      apply: (was) => {
        const lines = new Set(was.split("\n"));
        const missing = ordered.filter((entry) => !lines.has(lineOf(entry)));
        const there = new Set(directories.filter((name) => lines.has(`directory ${name}`)));
        return placeTree({ ...how, root, directories, there, files: missing });
      },
      files: files.map(({ file }) => file),
      show: { text: true, value: shortLines },
    },
    ...(wanted.force && files.length > 0 ? accessOfAll(wanted, root, files) : {}),
  };
}

/** Prints `hash  name` for those that are there. */
function hashes(entries: readonly Entry[]): Script[] {
  const names = entries.map(({ path: name }) => name);
  if (names.length === 0) return [];
  const odd = entries.filter((entry) => !isPlain(entry)).map(({ path: name }) => name);
  return [
    sh`for f in ${names}; do if [ -e "$f" ] && ! [ -f "$f" ]; then echo "$f is not a regular file" >&2; exit 126; fi; done`,
    ...chunks(entries.filter(isPlain)).map(
      (some) => sh`sha256sum -- ${some.map(({ path: name }) => name)} 2>/dev/null || :`,
    ),
    ...odd.map(
      (name) =>
        sh`if [ -f ${name} ]; then printf '%s  %s\n' "$(sha256sum <${name} | cut -c1-64)" ${name}; fi`,
    ),
  ];
}

function present(entries: readonly Entry[]): Script[] {
  const names = entries.map(({ path: name }) => name);
  return names.length === 0
    ? []
    : [sh`for f in ${names}; do if [ -e "$f" ]; then printf 'file %s\n' "$f"; fi; done`];
}

/** Hashes of 12 digits are enough for people. */
function shortLines(lines: string): string {
  return `${lines.replaceAll(/^([0-9a-f]{12})[0-9a-f]{52} /gm, "$1 ")}\n`;
}
