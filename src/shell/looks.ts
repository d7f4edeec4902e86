import { type Look, quote, Script } from "./script.ts";

/** So many are asked at a time: to find an answer, a session's shell goes through them all. */
export const MAX_LOOKS = 64;

/**
 * The functions for such questions on the host. `rcm_sum FILE` prints the SHA-256 as `sha256sum <FILE` does, or
 * `directory`, or `absent`; `rcm_stat FORMAT FILE` what `stat` does; either may end the shell that runs it. `rcm_has LINE
 * FILE`: is this line in the file?
 *
 * `rcm_ahead KIND WHAT FILE…` asks about many files at once, and keeps what can be said in a word. `rcm_recall` and `rcm_has`
 * find it again, until `rcm_forget`, which whatever may have changed a file calls.
 *
 * A line may be a secret, so it is no argument of a program. A here-document spares a process, but only where it is a pipe,
 * not a file in /tmp: in dash and BusyBox, which have no variable of their own.
 */
export const LOOKS = `
rcm_nl='
'
rcm_sum() {
  if [ -d "$1" ]; then echo directory; elif ! [ -f "$1" ]; then echo absent; elif [ -r "$1" ]; then exec sha256sum <"$1"
  else { rcm_put "$1: permission denied"; echo; } >&2; return 126; fi
}
rcm_stat() { exec stat -L -c "$1" "$2" 2>/dev/null; }
if [ -z "\${BASH_VERSION-}\${KSH_VERSION-}\${ZSH_VERSION-}\${YASH_VERSION-}" ]; then
rcm_grep() { LC_ALL=C grep -qxF -f - -- "$2" <<EOF
$1
EOF
}
else rcm_grep() { rcm_put "$1" | LC_ALL=C grep -qxF -f - -- "$2"; }
fi
rcm_has_now() { [ -f "$2" ] && rcm_grep "$1" "$2"; }
rcm_has() { case $rcm_lines in *"$rcm_nl$2:$1$rcm_nl"*) [ -f "$2" ] ;; *) rcm_has_now "$1" "$2" ;; esac; }
rcm_forget() { rcm_sums= rcm_stats= rcm_lines=; }
rcm_forget
rcm_ahead() {
  rcm_k=$1 rcm_o=$2; shift 2
  for rcm_x in "$@"; do
    shift
    if [ -r "$rcm_x" ] && { [ -f "$rcm_x" ] || [ $rcm_k = stat ]; }; then set -- "$@" "$rcm_x"; fi
  done
  case "$rcm_k $#" in
    *" 0") ;;
    sum*) rcm_sums=$rcm_nl$(sha256sum "$@" 2>/dev/null)$rcm_nl ;;
    stat*) rcm_stats=$rcm_nl$(stat -L -c "%$rcm_o $rcm_o %n" "$@" 2>/dev/null)$rcm_nl$rcm_stats ;;
    line*) rcm_lines=$rcm_nl$(rcm_put "$rcm_o" | LC_ALL=C grep -HxF -f - "$@" 2>/dev/null)$rcm_nl ;;
  esac
}
rcm_recall() {
  case $1 in
    rcm_sum) rcm_o=$rcm_sums rcm_x="  $2$rcm_nl" ;;
    *) rcm_o=$rcm_stats rcm_x=" \${2#%} $3$rcm_nl" ;;
  esac
  case $rcm_o in *"$rcm_x"*) ;; *) return 1 ;; esac
  rcm_v=\${rcm_o%%"$rcm_x"*}
  rcm_v=\${rcm_v##*"$rcm_nl"}
  case $rcm_v in '' | *' '*) return 1 ;; esac
  [ $1 = rcm_stat ] || rcm_v="$rcm_v  -"
}`;

/** The script that prints the SHA-256 of a file as `sha256sum` does of its standard input, or `directory`, or `absent`. */
export function sumOf(file: string): Script {
  return asking(`rcm_sum ${quote(file)}`, { kind: "sum", file });
}

/** The script that prints one thing of what a path leads to, by its letter for `stat`; nothing where it leads nowhere. */
export function statOf(letter: string, file: string): Script {
  return asking(`rcm_stat %${letter} ${quote(file)}`, { kind: "stat", letter, file });
}

/** A test: is there such a line in the file? */
export function hasLine(line: string, file: string): Script {
  const args = `${quote(line)} ${quote(file)}`;
  return asking(`rcm_has${isPlain(file) ? "" : "_now"} ${args}`, { kind: "line", line, file });
}

function asking(text: string, look: Look): Script {
  return new Script(text, { looks: isPlain(look.file) ? [look] : [], isInline: true });
}

/** The lines that ask on the host what will be asked there soon; none for what is asked once only. */
export function aheadLines(looks: readonly Look[]): string {
  const asked = new Map<string, { files: Set<string>; words: Set<string> }>();
  for (const look of looks) {
    const group = look.kind === "stat" ? `stat ${look.letter}` : look.kind;
    const { files, words } = asked.get(group) ?? { files: new Set(), words: new Set() };
    asked.set(group, { files: files.add(look.file), words: words.add(wordOf(look)) });
  }
  return [...asked]
    .filter(([, { files, words }]) => Math.max(files.size, words.size) > 1)
    .map(([group, { files, words }]) => {
      const what = quote([...words].join("\n"));
      return `rcm_ahead ${group.split(" ")[0]} ${what} ${Array.from(files, quote).join(" ")}\n`;
    })
    .join("");
}

function wordOf(look: Look): string {
  return look.kind === "line" ? look.line : look.kind === "stat" ? look.letter : "";
}

/**
 * Can it be asked about ahead? What the programs print names files as they are only then, and a line of a file ends where
 * its name does; and a relative path may be in another folder.
 */
function isPlain(file: string): boolean {
  return /^\/[^\\:\r\n]*$/.test(file);
}
