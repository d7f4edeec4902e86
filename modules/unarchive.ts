import {
  ABOUT,
  type ArchiveEntry,
  accessOptions,
  defineModule,
  type LocalFile,
  MERGE,
  type Property,
  path,
  readArchive,
  type Script,
  sh,
  text,
  unpack,
  z,
} from "../src/index.ts";

const patterns = z
  .array(text.min(1).transform((pattern) => pattern.replace(/^(?:\.\/)+/, "").replace(/\/+$/, "")))
  .default([]);

const options = z
  .strictObject({
    src: text
      .min(1)
      .regex(/^[^\n]*$/, "wanted a path without a line break")
      .describe(
        "the archive: a local file, relative to the runbook; a tar, alone or in gzip, bzip2, xz or zstd, or a zip",
      ),
    remoteSrc: z.boolean().default(false).describe("true: `src` is a file of the host"),
    dest: path.describe("the directory on the host that it is unpacked into; it is made when there is none"),
    creates: path.optional().describe("do nothing when this path exists"),
    stripComponents: z
      .number()
      .int()
      .min(0)
      .max(100)
      .default(0)
      .describe("leave so many leading directories off each name"),
    include: patterns.describe(
      "take only what matches one of these; `*` stands for any characters, slashes too",
    ),
    exclude: patterns.describe("leave out what matches one of these"),
    listFiles: z.boolean().default(false).describe("print the names of all that was wanted of it"),
    maxSize: z
      .number()
      .int()
      .positive()
      .default(8 * 2 ** 30)
      .describe("refuse an archive that holds more bytes"),
    maxFiles: z
      .number()
      .int()
      .positive()
      .default(200_000)
      .describe("refuse an archive that holds more entries"),
    ...accessOptions,
  })
  .refine(
    ({ src, remoteSrc }) => !remoteSrc || !/^(?:https?|ftp):\/\//.test(src),
    "src is a URL: get it with get_url first",
  );

type Options = z.output<typeof options>;

/** Unpacks archives. */
export const unarchive = defineModule({
  name: "unarchive",
  category: "Files",
  summary:
    "Unpacks an archive into a directory; nothing lands outside of it, and only what differs is unpacked.",
  example: 'unarchive({ src: "app-1.2.tar.gz", dest: "/opt/app", stripComponents: 1, owner: "app" })',
  options,
  properties: async (wanted, local) => {
    const unpacking = { ...wanted, strip: wanted.stripComponents };
    if (wanted.remoteSrc) return { content: remote(wanted, unpack(unpacking)) };
    const file = await local.file(wanted.src);
    return { content: sent(wanted, unpack(unpacking), file, await readArchive(file, unpacking)) };
  },
});

/** An archive of this side was looked into: its content is compared on the host before it is sent. */
function sent(
  wanted: Options,
  unpacked: Script,
  file: LocalFile,
  entries: readonly ArchiveEntry[],
): Property {
  const about = entries.flatMap(({ path: name, kind, isExecutable, target }) => {
    const letter = kind === "file" ? (isExecutable ? "x" : "f") : kind === "directory" ? "d" : "l";
    return [`${letter} ./${name}`, ...(kind === "link" ? [`> ${target}`] : [])];
  });
  const sums = entries.flatMap(({ path: name, kind, sha256 }) =>
    kind === "file" ? [`${sha256}  ./${name}`] : [],
  );
  return {
    probe: unlessCreated(
      wanted,
      sh.lines(sh`rcm_about=${about.join("\n")} rcm_sums=${sums.join("\n")}`, compared(wanted)),
    ),
    want: asIn(wanted),
    apply: applied(wanted, sh`a=${file}`, unpacked),
    ...(wanted.listFiles
      ? { tell: sh`rcm_put ${entries.map(({ path: name }) => `${name}\n`).join("")}` }
      : {}),
  };
}

/** An archive of the host is unpacked beside, to be compared. */
function remote(wanted: Options, unpacked: Script): Property {
  const source = sh`a=${wanted.src}; case $a in /*) ;; *) a=$PWD/$a ;; esac
if ! [ -f "$a" ]; then echo "there is no file $a on the host" >&2; exit 126; fi`;
  const beside = sh.lines(
    source,
    sh`q=$(mktemp -d "\${TMPDIR:-/var/tmp}/.rcm.XXXXXX") || exit 126`,
    CLEAN,
    sh`( ${unpacked}
) || exit 126`,
  );
  const looked = sh`rcm_about=$(cd "$q"; ${ABOUT}) rcm_sums=$(cd "$q"; find . -type f -exec sha256sum {} +)`;
  return {
    probe: unlessCreated(wanted, sh`( ${sh.lines(beside, looked, compared(wanted))} )`),
    want: asIn(wanted),
    apply: applied(wanted, source, unpacked),
    ...(wanted.listFiles
      ? { tell: sh`${beside}; cd "$q"; find . -mindepth 1 | sed 's,^\./,,' | LC_ALL=C sort` }
      : {}),
  };
}

const CLEAN = sh`trap 'cd /; rm -rf "$q" "$q.s"' EXIT; trap 'exit 1' HUP INT TERM`;

function asIn({ src }: Options): string {
  return `as in ${src}`;
}

function unlessCreated(wanted: Options, probe: Script): Script {
  const { creates } = wanted;
  if (creates === undefined) return probe;
  return sh`if [ -e ${creates} ] || [ -L ${creates} ]; then echo ${asIn(wanted)}; else ${probe}
fi`;
}

/** Compares what `rcm_about` and `rcm_sums` tell of the archive with the directory, and prints in short how they differ. */
function compared(wanted: Options): Script {
  const { dest, src, mode, owner, group } = wanted;
  const isNumber = (name: string): boolean => /^\d+$/.test(name);
  const all = (letters: string, format: string, value: string): Script =>
    sh`rcm_put "$rcm_about" | sed -n ${`s/^[${letters}] //p`} | tr '\n' '\\0' | xargs -0 stat -c ${`${format} %n`} 2>/dev/null | grep -v ${`^${value.replace(/^0+(?=\d)/, "").replaceAll(/[.$]/g, "\\$&")} `} | cut -d' ' -f2-`;
  const executable = mode === undefined ? sh`[ -x "$p" ]` : sh`:`;
  const plain = mode === undefined ? sh`! [ -x "$p" ]` : sh`:`;
  return sh`( CDPATH= cd ${dest} 2>/dev/null || { if [ -e ${dest} ] || [ -L ${dest} ]; then echo ${dest}" is no directory" >&2; exit 126; fi; echo absent; exit 0; }
rcm_o=$({ printf '%s\\n' "$rcm_about" | while IFS= read -r l; do
p=\${l#??}
case $l in
d*) [ -d "$p" ] && ! [ -L "$p" ] ;;
x*) [ -f "$p" ] && ! [ -L "$p" ] && ${executable} ;;
f*) [ -f "$p" ] && ! [ -L "$p" ] && ${plain} ;;
l*) IFS= read -r t; [ -L "$p" ] && [ "> $(readlink -- "$p")" = "$t" ] ;;
esac || printf '%s\\n' "$p"
done
if [ -n "$rcm_sums" ]; then printf '%s\\n' "$rcm_sums" | sha256sum -c - 2>/dev/null | sed -n -e '/: OK$/d' -e 's/: FAILED.*//p'; fi
${sh.lines(
  owner !== undefined && all("dxf", isNumber(owner) ? "%u" : "%U", owner),
  group !== undefined && all("dxf", isNumber(group) ? "%g" : "%G", group),
  mode !== undefined && all("xf", "%a", mode),
)}
} | sort -u)
if [ -z "$rcm_o" ]; then echo ${asIn(wanted)}; exit 0; fi
n=$(printf '%s\\n' "$rcm_o" | grep -c .) m=$(printf '%s\\n' "$rcm_about" | grep -vc '^>')
printf '%s' "$n of $m entries are not as in "${src}": "; printf '%s\\n' "$rcm_o" | sed -n -e '1,3s,^\./,,p' -e '4s/.*/…/p' | tr '\n' ' ' | sed 's/ $//' )`;
}

/** Unpacks into a private directory on the same file system, from where it is moved into place when all is well. */
function applied({ dest, mode, owner, group }: Options, source: Script, unpacked: Script): Script {
  return sh.lines(
    source,
    sh`d=${dest}; case $d in /*) ;; *) d=$PWD/$d ;; esac
p=$d; while ! [ -d "$p" ]; do if [ -e "$p" ] || [ -L "$p" ]; then echo "$p is no directory" >&2; exit 1; fi; p=\${p%/*}; p=\${p:-/}; done
q=$(mktemp -d "$p/.rcm.XXXXXX")`,
    CLEAN,
    sh`( ${unpacked}
)`,
    owner !== undefined && sh`find "$q" -mindepth 1 ! -type l -exec chown ${owner} {} +`,
    group !== undefined && sh`find "$q" -mindepth 1 ! -type l -exec chgrp ${group} {} +`,
    mode !== undefined && sh`find "$q" -type f -exec chmod ${mode.padStart(5, "0")} {} +`,
    MERGE,
    sh`if [ -d "$d" ]; then rcm_dry=y; rcm_merge "$q" "$d"; fi; mkdir -p "$d"; rcm_dry=; rcm_merge "$q" "$d"`,
  );
}
