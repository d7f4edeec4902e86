import { basename } from "node:path";
import {
  access,
  accessOptions,
  asText,
  defineModule,
  diffText,
  fileOf,
  type LocalFile,
  type LocalSide,
  type LocalTree,
  type Property,
  path,
  place,
  rewriteOptions,
  type Script,
  sh,
  z,
} from "../src/index.ts";

const options = z
  .strictObject({
    src: path
      .optional()
      .describe("a local file or folder, relative to the runbook; a folder's content goes into `dest`"),
    content: z.string().optional().describe("the text itself"),
    dest: path.describe("where it goes; with a `/` at its end the file goes into that directory"),
    force: z.boolean().default(true).describe("false: leave a file that is there as it is"),
    follow: z.boolean().default(false).describe("when `dest` is a link, change what it points to"),
    ...accessOptions,
    ...rewriteOptions,
  })
  .refine(
    ({ src, content }) => (src === undefined) !== (content === undefined),
    "wanted exactly one of src and content",
  )
  .refine(
    ({ dest, content }) => content === undefined || !dest.endsWith("/"),
    "content needs the name of a file as dest, without a / at its end",
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
  const { src, content, dest, force } = wanted;
  const source = src === undefined ? fileOf(content ?? "") : await local.file(src);
  const target = dest.endsWith("/") ? `${dest}${basename(src ?? "")}` : dest;
  const wantedText = typeof source.source === "string" ? undefined : asText(source.source);
  const apply = place({ ...wanted, dest: target, source: wantedText ?? source });
  const probe = sh`if [ -d ${target} ]; then echo directory; elif [ -f ${target} ]; then sha256sum <${target} | cut -c1-64; else echo absent; fi`;
  const present: Property = {
    probe: sh`if [ -e ${target} ]; then echo present; else echo absent; fi`,
    want: "present",
    apply,
  };
  const shown = wantedText ?? (await readText(source));
  return {
    content: force
      ? {
          probe,
          want: source.sha256,
          apply,
          show: short,
          ...(shown === undefined ? {} : { text: { was: diffText(target), want: shown } }),
        }
      : present,
    ...access({ ...wanted, path: target }),
  };
}

async function readText({ source, size }: LocalFile): Promise<string | undefined> {
  if (typeof source !== "string" || size > 104_448) return undefined;
  const { readFile } = await import("node:fs/promises");
  return asText(await readFile(source));
}

const short: NonNullable<Property["show"]> = {
  text: false,
  value: (hash) => (/^[0-9a-f]{64}$/.test(hash) ? `sha256 ${hash.slice(0, 12)}…` : hash),
};

/** One property for the whole folder: lines of `hash path`, and only those that differ are sent. */
function treeProperties(wanted: Options, { folders, files }: LocalTree): Readonly<Record<string, Property>> {
  const root = wanted.dest.replace(/\/+$/, "") || "/";
  const names = files.map(({ path: name }) => name);
  const want = [
    ...folders.map((folder) => `directory ${folder}`),
    ...files.map(({ path: name, file }) => `${file.sha256} ${name}`),
  ].join("\n");
  return {
    files: {
      probe: sh.lines(
        sh`cd ${root} 2>/dev/null || exit 0`,
        folders.length > 0 &&
          sh`for f in ${folders}; do if [ -d "$f" ]; then printf 'directory %s\n' "$f"; fi; done`,
        names.length > 0 &&
          sh`for f in ${names}; do if [ -f "$f" ]; then printf '%s %s\n' "$(sha256sum <"$f" | cut -c1-64)" "$f"; fi; done`,
      ),
      want,
      apply: (was) => placeMissing(wanted, root, { folders, files }, new Set(was.split("\n"))),
      show: {
        text: true,
        value: (lines) =>
          `${lines
            .split("\n")
            .map((line) => line.replace(/^([0-9a-f]{12})[0-9a-f]{52} /, "$1 "))
            .join("\n")}\n`,
      },
    },
    ...(files.length > 0 ? modeOfAll(wanted, root, names) : {}),
  };
}

function placeMissing(
  wanted: Options,
  root: string,
  { folders, files }: LocalTree,
  there: ReadonlySet<string>,
): Script {
  const missing = files.filter(({ path: name, file }) => !there.has(`${file.sha256} ${name}`));
  return sh.lines(
    sh`mkdir -p ${[root, ...folders.map((folder) => `${root}/${folder}`)]}`,
    ...missing.map(
      ({ path: name, file }) => sh`(
${place({ ...wanted, dest: `${root}/${name}`, source: file })}
)`,
    ),
  );
}

/** Owner, group and mode of all files of the folder, as one count of those that differ each. */
function modeOfAll(
  { owner, group, mode }: Options,
  root: string,
  names: readonly string[],
): Readonly<Record<string, Property>> {
  const paths = names.map((name) => `${root}/${name}`);
  const all = (format: string, value: string, apply: Script): Property => ({
    probe: sh`for f in ${paths}; do [ "$(stat -c ${format} "$f" 2>/dev/null)" = ${value} ] || echo "$f"; done | wc -l | tr -d ' '`,
    want: "0",
    apply,
    show: { text: false, value: (count) => (count === "0" ? `all ${value}` : `${count} others`) },
  });
  return {
    ...(owner === undefined
      ? {}
      : { owner: all(/^\d+$/.test(owner) ? "%u" : "%U", owner, sh`chown ${owner} ${paths}`) }),
    ...(group === undefined
      ? {}
      : { group: all(/^\d+$/.test(group) ? "%g" : "%G", group, sh`chgrp ${group} ${paths}`) }),
    ...(mode === undefined
      ? {}
      : { mode: all("%a", mode.replace(/^0+(?=.)/, ""), sh`chmod ${mode} ${paths}`) }),
  };
}
