import { basename, dirname } from "node:path";
import {
  accessOptions,
  contentProperties,
  defineModule,
  group,
  type LocalSide,
  type LocalTree,
  type Property,
  path,
  placeFunction,
  placeNewFunction,
  rewriteOptions,
  type Script,
  sh,
  text,
  z,
} from "../src/index.ts";

/** Names that go to one program at once: Linux takes 2 MiB of them. */
const AT_ONCE = 400;

const options = z
  .strictObject({
    src: text
      .min(1)
      .optional()
      .describe("a local file or folder, relative to the runbook; a folder's content goes into `dest`"),
    content: z.string().optional().describe("the text itself"),
    dest: path.describe("where it goes; with a `/` at its end the file goes into that directory"),
    force: z.boolean().default(true).describe("false: leave a file that is there as it is"),
    follow: z.boolean().default(false).describe("when `dest` is a link, change what it points to"),
    ...accessOptions,
    ...rewriteOptions,
  })
  .check(group(["src", "content"], { required: true, exclusive: true }))
  .refine(
    ({ dest, content }) => content === undefined || !dest.endsWith("/"),
    "content needs the name of a file as dest, without a / at its end",
  )
  .refine(
    ({ content }) => content === undefined || !/\p{Surrogate}/u.test(content),
    "content holds half a character, which UTF-8 has no bytes for",
  );

type Options = z.output<typeof options>;

/** Copies files to the host. */
export const copy = defineModule({
  name: "copy",
  category: "Files",
  summary: "Copies a local file, a folder or a text to the host; only what differs is sent.",
  example:
    'copy({ src: "nginx.conf", dest: "/etc/nginx/nginx.conf", mode: "0644", validate: "nginx -t -c %s" })',
  options,
  properties: async (wanted, local) => {
    const tree = wanted.src === undefined ? undefined : await local.tree(wanted.src);
    return tree ? treeProperties(wanted, tree) : await fileProperties(wanted, local);
  },
});

async function fileProperties(
  wanted: Options,
  local: LocalSide,
): Promise<Readonly<Record<string, Property>>> {
  const { src, content, dest } = wanted;
  const source = src === undefined ? (content ?? "") : await local.file(src);
  const target = dest.endsWith("/") ? `${dest}${basename(src ?? "")}` : dest;
  return await contentProperties({ ...wanted, dest: target, source });
}

/** One property for the whole folder: a line for each entry, and only those that differ are sent. */
function treeProperties(wanted: Options, { folders, files }: LocalTree): Readonly<Record<string, Property>> {
  const root = wanted.dest.replace(/(.)\/+$/, "$1");
  const ordered = [...files.filter(isPlain), ...files.filter((entry) => !isPlain(entry))];
  const directories = [".", ...folders];
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
        const there = new Set(was.split("\n"));
        const missing = ordered.filter((entry) => !there.has(lineOf(entry)));
        return placeAll(wanted, root, directories, missing);
      },
      files: files.map(({ file }) => file),
      show: { text: true, value: shortLines },
    },
    ...(wanted.force && files.length > 0 ? accessOfAll(wanted, root, files) : {}),
  };
}

type Entry = LocalTree["files"][number];

/** Other names come out of sha256sum with escapes, which not every version writes; `-` is its standard input. */
function isPlain({ path: name }: Entry): boolean {
  return !/[\\\n\r]/.test(name) && name !== "-";
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

function placeAll(
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

/** Owner, group and mode of all files of the folder, as the number of those that are as wanted. */
function accessOfAll(
  { owner, group, mode }: Options,
  root: string,
  files: readonly Entry[],
): Readonly<Record<string, Property>> {
  const paths = chunks(files.map(({ path: name }) => `${root}/${name}`));
  const all = (format: string, value: string, change: Script): Property => ({
    probe: sh`{
${sh.lines(...paths.map((some) => sh`stat -L -c ${format} ${some} 2>/dev/null || :`))}
} | grep -cxF ${value.replace(/^0+(?=\d+$)/, "")}`,
    want: String(files.length),
    apply: sh.lines(...paths.map((some) => sh`${change} ${some}`)),
    show: { text: false, value: (count) => `${count} of ${files.length} ${value}` },
  });
  const isNumber = (name: string): boolean => /^\d+$/.test(name);
  return {
    ...(owner === undefined ? {} : { owner: all(isNumber(owner) ? "%u" : "%U", owner, sh`chown ${owner}`) }),
    ...(group === undefined ? {} : { group: all(isNumber(group) ? "%g" : "%G", group, sh`chgrp ${group}`) }),
    ...(mode === undefined ? {} : { mode: all("%a", mode, sh`chmod ${mode}`) }),
  };
}

function chunks<T>(items: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(items.length / AT_ONCE) }, (_, i) =>
    items.slice(i * AT_ONCE, (i + 1) * AT_ONCE),
  );
}

/** Hashes of 12 digits are enough for people. */
function shortLines(lines: string): string {
  return `${lines.replaceAll(/^([0-9a-f]{12})[0-9a-f]{52} /gm, "$1 ")}\n`;
}
