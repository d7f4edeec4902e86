import { type Script, sh } from "../shell/script.ts";

/** How an archive is unpacked on a host. */
export interface Unpacking {
  /** Bytes of all files together that it may hold. */
  readonly maxSize: number;
  /** How many files, directories and links it may hold. */
  readonly maxFiles: number;
  /** Names are shortened by so many leading directories; what has no more than those is left out. */
  readonly strip: number;
  /** Patterns of which names must match one; all are taken where there are none. */
  readonly include: readonly string[];
  /** Patterns of which names must match none. */
  readonly exclude: readonly string[];
}

/**
 * Unpacks the archive `$a` into the empty directory `$q`, which must be a private one, and leaves in it what is wanted
 * of it. Before a byte is written it is checked by its list, since no version of a tool is trusted with that: nothing
 * leads out of it, nothing is written through a link or twice, there is nothing but files, directories and links, and
 * not too much of them. Then what came of it is looked at again. No file keeps setuid, setgid or sticky bits.
 */
export function unpack({ maxSize, maxFiles, strip, include, exclude }: Unpacking): Script {
  return sh.lines(
    sh`set -e; rcm_max=${maxSize} rcm_many=${maxFiles}`,
    SHELL,
    sh`rcm_format; rcm_measure; rcm_check; ( ulimit -f $((rcm_max / 512 + 1)) 2>/dev/null || :; rcm_extract )`,
    sh`cd "$q"; find . -type d -exec chmod u+rwx {} +`,
    strip > 0 && shortened(strip),
    LOOK,
    ...chosen(include, exclude),
    sh`[ -n "$(find . -mindepth 1 | head -n 1)" ] || rcm_no "nothing of it is wanted"`,
  );
}

/**
 * A function `rcm_merge` that moves what lies in one directory into another; with `rcm_dry=y` it only looks whether that
 * is possible. Nothing is moved through a link.
 */
export const MERGE: Script = sh`
rcm_merge() (
  from=$1 to=$2; set --
  for e in "$from"/* "$from"/.[!.]* "$from"/..?*; do
    [ -e "$e" ] || [ -L "$e" ] || continue
    n=$to/\${e##*/}
    if [ -d "$e" ] && ! [ -L "$e" ] && { [ -e "$n" ] || [ -L "$n" ]; }; then
      if ! [ -d "$n" ] || [ -L "$n" ]; then echo "$n is in the way: it is no directory" >&2; exit 1; fi
      rcm_merge "$e" "$n" || exit 1
    else
      if [ -d "$n" ] && ! [ -L "$n" ]; then echo "$n is in the way: it is a directory" >&2; exit 1; fi
      [ "$rcm_dry" != y ] || continue
      if [ -L "$n" ]; then rm -f "$n" || exit 1; fi
      set -- "$@" "$e"
      if [ $# -ge 400 ]; then mv -f "$@" "$to/" || exit 1; set --; fi
    fi
  done
  [ $# = 0 ] || mv -f "$@" "$to/"
)`;

/** A script that prints what `$q` holds, a line each; links have a second one. */
export const ABOUT: Script = sh`
find . -mindepth 1 -type d | sed 's/^/d /'
find . -type f \\( -perm -100 -o -perm -010 -o -perm -001 \\) | sed 's/^/x /'
find . -type f ! \\( -perm -100 -o -perm -010 -o -perm -001 \\) | sed 's/^/f /'
find . -type l | while IFS= read -r p; do printf 'l %s\\n> %s\\n' "$p" "$(readlink -- "$p")"; done`;

const SHELL: Script = sh`
rcm_no() { printf '%s\\n' "the archive is refused: $1" >&2; exit 126; }
rcm_need() { command -v "$1" >/dev/null 2>&1 || { echo "the host has no $1, which this archive needs" >&2; exit 126; }; }
rcm_format() {
  rcm_a=$(od -An -tx1 -N6 <"$a" | tr -d ' \\n')
  case $rcm_a in
  1f8b*) rcm_a=gzip ;; 425a68*) rcm_a=bzip2 ;; fd377a585a00) rcm_a=xz ;; 28b52ffd*) rcm_a=zstd ;;
  504b0304* | 504b0506*) rcm_a=unzip ;; *) rcm_a=cat ;;
  esac
  rcm_need $rcm_a
  # Info-ZIP says so when it has warned, busybox when it has failed
  rcm_w=0; if [ $rcm_a = unzip ] && unzip -v 2>/dev/null | grep -q Info-ZIP; then rcm_w=1; fi
  rcm_g=
  if [ $rcm_a != unzip ]; then rcm_need tar; if tar --version 2>/dev/null | grep -q 'GNU tar'; then rcm_g=--quoting-style=literal; fi; fi
}
# the files of a zip one after another, or a tar
rcm_plain_stream() {
  case $rcm_a in
  cat) cat "$a" ;;
  unzip) LC_ALL=C.UTF-8 unzip -p "$a" || [ $? = $rcm_w ] ;;
  *) $rcm_a -dc <"$a" ;;
  esac
}
rcm_measure() {
  rcm_o=$({ { rcm_plain_stream 2>/dev/null || echo broken >&5; } | head -c $((rcm_max + 1)) | wc -c; } 5>&1)
  for rcm_x in $rcm_o; do case $rcm_x in broken) ;; *) [ "$rcm_x" -le $rcm_max ] || rcm_no "it holds more than $rcm_max bytes: see maxSize" ;; esac; done
  case $rcm_o in *broken*) rcm_no "it is damaged, or encrypted" ;; esac
}
# a line an entry, its type and its name; a hard link has what it is linked to in a second line, and no line of names can
# pass for another, since no name may be odd
rcm_list() {
  if [ $rcm_a = unzip ]; then
    LC_ALL=C.UTF-8 unzip -l "$a" | sed -n -e 1d -e '/^ *[0-9][0-9]*  *[0-9][0-9]*-[0-9-]* [0-9:]*   ./!{/\\.\\./s/^/? /p;d;}' -e 's/^ *[0-9]*  *[0-9-]* [0-9:]*   //' -e '/\\/$/{s/^/d /;p;d;}' -e 's/^/- /p'
  else
    rcm_plain_stream | tar -tv -f - --numeric-owner $rcm_g | sed -e '/^[-dlhbcpsCVMSLKNDx?][^ ]*  *[0-9][^ ]*  *[0-9][0-9,]*  *[0-9-]*  *[0-9:]* ./!s/^/? /' -e 's/^\\([-dlhbcpsCVMSLKNDx]\\)[^ ]*  *[^ ]*  *[^ ]*  *[^ ]*  *[0-9:]* /\\1 /' -e 's/^l\\(.*\\) -> .* -> .*/? \\1/' -e 's/^\\(l .*\\) -> .*/\\1/'
  fi
}
rcm_check() {
  # busybox takes away what leads out before it shows a name, and goes on: only what it complains of tells
  if [ -z "$rcm_g" ] && [ $rcm_w = 0 ] && rcm_x=$(rcm_list 2>&1 >/dev/null | grep 'removing leading' | head -n 1 | grep .); then
    rcm_no "a name is absolute or leads out of it (\${rcm_x#*: })"
  fi
  rcm_l=$(rcm_list 2>/dev/null | sed -e 's,^\\(..\\)\\(\\./\\)*,\\1,' -e 's,//*,/,g' -e '/^d $/d' -e '/^d \\.$/d')
  [ -n "$rcm_l" ] || rcm_no "it is empty, or none of a kind that is known"
  rcm_x=$(rcm_put "$rcm_l" | grep -c .)
  [ "$rcm_x" -le $rcm_many ] || rcm_no "it holds more than $rcm_many entries: see maxFiles"
  rcm_any '^[^-dlh]' "it holds something that is no file, directory or link, or has an odd name"
  rcm_any '^.*[\\\\]' "a name holds a backslash"
  rcm_any '^. /' "a name is absolute"
  rcm_any '^. \\(.*/\\)*\\.\\.\\(/.*\\)*$' "a name leads out of it"
  rcm_links=$(rcm_put "$rcm_l" | sed -n -e 's/^[-h] .* link to //p' -e 's/^[-h] .* -> //p' | sed -e 's,^\\(\\./\\)*,,' | sort -u)
  rcm_names=$(rcm_put "$rcm_l" | sed -e 's/^\\([-h] .*\\) link to .*/\\1/' -e 's/^\\([-h] .*\\) -> .*/\\1/')
  rcm_x=$(rcm_put "$rcm_names" | sed -n -e '/^d /d' -e 's/^. //p' | sort | uniq -d | head -n 1)
  [ -z "$rcm_x" ] || rcm_no "it holds two of the name $rcm_x"
  rcm_leaves=$(rcm_put "$rcm_names" | sed -n -e '/^d /d' -e 's/^. //p' | sort -u)
  rcm_up=$(rcm_put "$rcm_names" | sed -e 's/^. //' -e 's,/$,,' -e 's/$/\\//')
  while rcm_up=$(rcm_put "$rcm_up" | sed -n 's,[^/]*/$,,p' | sort -u | grep .); do
    rcm_x=$({ rcm_put "$rcm_leaves"; echo; rcm_put "$rcm_up" | sed 's,/$,,'; echo; } | grep . | sort | uniq -d | head -n 1)
    [ -z "$rcm_x" ] || rcm_no "something lies below $rcm_x, which is no directory"
  done
  if [ -n "$rcm_links" ]; then
    rcm_plain=$(rcm_put "$rcm_l" | sed -n -e '/ link to /d' -e '/^- .* -> /d' -e 's/^- //p' | sort -u)
    rcm_x=$({ rcm_put "$rcm_plain"; echo; rcm_put "$rcm_plain"; echo; rcm_put "$rcm_links"; echo; } | grep . | sort | uniq -u | head -n 1)
    [ -z "$rcm_x" ] || rcm_no "a hard link leads to $rcm_x, which is none of its files"
  fi
}
rcm_any() { if rcm_x=$(rcm_put "$rcm_l" | grep -e "$1" | head -n 1 | grep .); then rcm_no "$2: \${rcm_x#??}"; fi; }
rcm_extract() {
  if [ $rcm_a = unzip ]; then LC_ALL=C.UTF-8 unzip -q -o "$a" -d "$q" || [ $? = $rcm_w ]
  else rcm_plain_stream | tar -x -f - -C "$q" -o --no-same-permissions; fi
}`;

/** Looks at what was unpacked, and takes away bits that are nobody's to give. */
const LOOK: Script = sh`
if rcm_x=$(find . ! -type d ! -type f ! -type l | head -n 1 | grep .); then rcm_no "$rcm_x is no file, directory or link"; fi
if rcm_x=$(find . -name '*
*' -o -name '*[\\\\]*' | head -n 1 | grep .); then rcm_no "a name is odd: $rcm_x"; fi
rcm_total=0
for rcm_x in $(find . -type f -exec stat -c %s {} +); do rcm_total=$((rcm_total + rcm_x)); done
[ $rcm_total -le $rcm_max ] || rcm_no "its files are longer than $rcm_max bytes: see maxSize"
find . -type l | while IFS= read -r rcm_x; do
  rcm_t=$(readlink -- "$rcm_x"; echo x); rcm_t=\${rcm_t%?x}; rcm_d=\${rcm_x#./} rcm_r=$rcm_t
  case $rcm_t in /* | *'
'*) rcm_no "the link $rcm_x leads out of it" ;; esac
  while case $rcm_r in ..) rcm_r= ;; ../*) rcm_r=\${rcm_r#../} ;; *) false ;; esac; do
    case $rcm_d in */*) rcm_d=\${rcm_d%/*} ;; *) rcm_no "the link $rcm_x leads out of it" ;; esac
  done
  case /$rcm_r/ in */../*) rcm_no "the link $rcm_x leads out of it, or goes round in it" ;; esac
done
rcm_m=u-s,g-s,-t
case $(umask) in *[2367]) rcm_m=$rcm_m,o-w ;; esac; case $(umask) in *[4567]) rcm_m=$rcm_m,o-r ;; esac
case $(umask) in *[1357]) rcm_m=$rcm_m,o-x ;; esac; case $(umask) in *[2367]?) rcm_m=$rcm_m,g-w ;; esac
case $(umask) in *[4567]?) rcm_m=$rcm_m,g-r ;; esac; case $(umask) in *[1357]?) rcm_m=$rcm_m,g-x ;; esac
find . ! -type l -exec chmod $rcm_m {} +`;

/** Takes so many leading directories away. */
function shortened(strip: number): Script {
  return sh.lines(
    MERGE,
    sh`mkdir -m 700 "$q.s"
find . -mindepth ${strip} -maxdepth ${strip} -type d | while IFS= read -r rcm_x; do
rcm_dry=y; rcm_merge "$q/$rcm_x" "$q.s"; rcm_dry=; rcm_merge "$q/$rcm_x" "$q.s"
done
cd /; rm -rf "$q"; mv "$q.s" "$q"; cd "$q"`,
  );
}

/** Takes what is wanted; of directories those that hold any of it, where not all is. */
function chosen(include: readonly string[], exclude: readonly string[]): Script[] {
  const matching = (patterns: readonly string[]): Script =>
    sh.raw(
      patterns
        .flatMap((one) => [sh`-path ${`./${one}`}`, sh`-path ${`./${one}/*`}`])
        .map(({ text }) => text)
        .join(" -o "),
    );
  return [
    ...(include.length > 0 ? [sh`find . ! -type d ! \\( ${matching(include)} \\) -exec rm -f {} +`] : []),
    ...(exclude.length > 0 ? [sh`find . ! -type d \\( ${matching(exclude)} \\) -exec rm -f {} +`] : []),
    ...(include.length + exclude.length > 0
      ? [sh`find . -depth -mindepth 1 -type d -exec rmdir {} + 2>/dev/null || :`]
      : []),
  ];
}
