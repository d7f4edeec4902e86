import { dirname } from "node:path";
import { type Script, sh } from "../shell/script.ts";
import { type FolderFile, packOf } from "./pack.ts";
import { type Placement, placeFunction } from "./place.ts";

/** Longer files go by themselves: what it takes to place one does not count beside them. */
const MAX_PACKED = 1024 * 1024;
/** Bytes of a pack, which is held in memory while it is sent. */
const MAX_PACK = 2 * 1024 * 1024;
/** Names that go to one program at once: Linux takes 2 MiB of them. */
const AT_ONCE = 400;

/** What of a folder is to be brought about. */
export interface Tree extends Omit<Placement, "dest" | "source"> {
  /** The folder on the host. */
  readonly root: string;
  /** All directories of the folder, relative to it; the first one is `.`. */
  readonly directories: readonly string[];
  /** Those of them that are there. */
  readonly there: ReadonlySet<string>;
  /** The files that are missing or differ. */
  readonly files: readonly FolderFile[];
}

/**
 * The script that puts the files of a folder in place. They come in packs, at least one for each directory that is there,
 * and are taken apart, given their access and moved into place together: so it takes six programs for all that is new,
 * and new directories appear whole. Files that are there already are replaced one by one, as by `place`.
 */
export function placeTree({ root, directories, there, files, ...how }: Tree): Script {
  // A validator wants to see each file by itself.
  const isAlone = ({ file }: FolderFile): boolean => how.validate !== undefined || file.size > MAX_PACKED;
  const missing = directories.filter((name) => name !== "." && !there.has(name));
  const packed = files.filter((entry) => !isAlone(entry));
  const baseOf = (path: string): string => {
    const folder = dirname(path);
    return folder === "." || there.has(folder) ? folder : baseOf(folder);
  };
  return sh.lines(
    !there.has(".") && sh`mkdir -p ${`${root}/`}`,
    clear(missing.filter((name) => baseOf(name) === dirname(name)).map((name) => `${root}/${name}`)),
    placeFunction(how),
    FUNCTIONS,
    grantFunction(how),
    ...groupsOf(packed, ({ path }) => baseOf(path)).map(([base, some]) => settle(root, base, some)),
    ...chunks(withoutFiles(missing, packed)).map(
      (some) => sh`mkdir -p ${some.map((name) => `${root}/${name}`)}`,
    ),
    ...files.filter(isAlone).map(({ path, file }) => sh`rcm_place ${file} ${`${root}/${path}`}`),
  );
}

/** Something else may have taken the name of a directory that is to come: nothing is done then, and mkdir says why. */
function clear(names: readonly string[]): Script | undefined {
  if (names.length === 0) return undefined;
  return sh`for f in ${names}; do if [ -e "$f" ] || [ -L "$f" ]; then mkdir -p "$f"; fi; done`;
}

/** Directories that do not come about with a file. */
function withoutFiles(names: readonly string[], files: readonly FolderFile[]): readonly string[] {
  const full = new Set<string>();
  for (const { path } of files)
    for (let folder = dirname(path); folder !== "." && !full.has(folder); folder = dirname(folder))
      full.add(folder);
  return names.filter((name) => !full.has(name));
}

/** Puts files into a directory that is there, and below it. */
function settle(root: string, base: string, files: readonly FolderFile[]): Script {
  const folder = base === "." ? root : `${root}/${base}`;
  const inside = files.map(({ path, file }) => ({
    path: base === "." ? path : path.slice(base.length + 1),
    file,
  }));
  return sh`(
set -e; d=${folder}; case $d in */*) ;; *) d=./$d ;; esac
t=$(mktemp -d "$d/.rcm.XXXXXX"); trap 'rm -rf "$t"' EXIT; trap 'exit 1' HUP INT TERM
${sh.lines(...packs(inside).map(unpack))}
rcm_move "$t" "$d"
)`;
}

function unpack(files: readonly FolderFile[]): Script {
  const { file, offsets } = packOf(files);
  const places = files.map((one, i) => `${(offsets[i] as number) + 1} ${one.file.size}`);
  // With ./ no name is taken for an option.
  return sh`rcm_unpack ${file} ${places.join(" ")} ${files.map(({ path }) => `./${path}`)}`;
}

/**
 * `rcm_unpack PACK PLACES NAME…` takes a pack apart in `$t`; where there is no tar, by the places of the files in it.
 * Those that are in `$d` already are replaced at once.
 *
 * `rcm_move FROM TO` moves all that is in a directory, into what somebody else may have made there meanwhile.
 */
const FUNCTIONS = sh`rcm_unpack() {
p=$1 s=$2; shift 2
( CDPATH= cd "$t"
if command -v tar >/dev/null; then TAR_OPTIONS= tar -xmof "$p"; else
for f in "$@"; do
[ -d "\${f%/*}" ] || mkdir -p "\${f%/*}"
n=\${s%% *} s=\${s#* }; tail -c "+$n" "$p" | head -c "\${s%% *}" >"$f"; s=\${s#* }
done
fi
rcm_grant "$@" )
for f in "$@"; do f=\${f#./}; if [ -e "$d/$f" ] || [ -L "$d/$f" ]; then rcm_place "$t/$f" "$d/$f" mv; fi; done
}
rcm_move() (
set -- "$1" "$2" "$1"/*; [ -e "$3" ] || set -- "$1" "$2"
for f in "$1"/.[!.]* "$1"/..?*; do [ ! -e "$f" ] || set -- "$@" "$f"; done
s=$1 d=$2; shift 2
[ $# -gt 0 ] || exit 0
if mv -f "$@" "$d/" 2>/dev/null; then exit 0; fi
for f in "$@"; do n=$d/\${f##*/}
if [ ! -e "$f" ]; then :; elif [ -d "$f" ] && [ -d "$n" ]; then rcm_move "$f" "$n" || exit 1; else mv -f "$f" "$d/" || exit 1; fi
done
)`;

/** A function `rcm_grant`, to be called with names: gives them their owner, group and mode, which a change of owner may clear. */
function grantFunction({ owner, group, mode }: Omit<Placement, "dest" | "source">): Script {
  return sh`rcm_grant() {
${sh.lines(
  owner !== undefined && sh`chown ${owner} "$@"`,
  group !== undefined && sh`chgrp ${group} "$@"`,
  sh`chmod ${mode ?? "=rw"} "$@"`, // without "who", what the umask forbids is left out
)}
}`;
}

/** So many files at a time that neither a pack nor a command line becomes too long. */
function packs(files: readonly FolderFile[]): readonly (readonly FolderFile[])[] {
  const all: FolderFile[][] = [];
  let size = Number.POSITIVE_INFINITY;
  for (const entry of files) {
    size += entry.file.size;
    if (size > MAX_PACK || all.at(-1)?.length === AT_ONCE) {
      all.push([]);
      size = entry.file.size;
    }
    all.at(-1)?.push(entry);
  }
  return all;
}

function groupsOf<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
): Array<readonly [string, readonly T[]]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item)) ?? [];
    group.push(item);
    groups.set(keyOf(item), group);
  }
  return [...groups];
}

/** Lists of at most so many as go to one program at once. */
export function chunks<T>(items: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(items.length / AT_ONCE) }, (_, i) =>
    items.slice(i * AT_ONCE, (i + 1) * AT_ONCE),
  );
}
