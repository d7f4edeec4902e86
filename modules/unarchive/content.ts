import {
  ABOUT,
  type ArchiveEntry,
  type LocalFile,
  MERGE,
  type Property,
  type Script,
  sh,
} from "../../src/index.ts";
import { asIn, compared, unlessCreated } from "./compare.ts";
import type { Options } from "./options.ts";

/** An archive of this side was looked into: its content is compared on the host before it is sent. */
export function sent(
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
export function remote(wanted: Options, unpacked: Script): Property {
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
