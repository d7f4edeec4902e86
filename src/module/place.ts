import { fileOf, type LocalFile } from "../shell/file.ts";
import { type Script, sh } from "../shell/script.ts";
import type { Property } from "./property.ts";

/** Texts up to this many bytes travel within the script; longer ones go as a file. */
const MAX_INLINE = 32 * 1024;
/** Files over this many bytes are not shown as a diff; Ansible's limit. */
export const MAX_DIFF = 104_448;

/** A file that takes its place at once and whole. */
export interface Placement {
  readonly dest: string;
  /** The content: a text, or a file of this side. */
  readonly source: string | LocalFile;
  readonly mode?: string | undefined;
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
  readonly backup?: boolean | undefined;
  readonly validate?: string | undefined;
  /** When the destination is a link: change what it points to, rather than the link. */
  readonly follow?: boolean | undefined;
}

/** A file whose content comes about on the host. */
export interface MadePlacement extends Omit<Placement, "source"> {
  /** Writes the content to the file `"$t"`. */
  readonly write: Script;
}

/**
 * The script that puts a file in place: written under a private name in the same folder, given its owner and
 * permissions (those of the file it replaces unless others are wanted), validated, then renamed.
 */
export function place({ dest, source, ...how }: Placement): Script {
  return sh.lines(sh`d=${dest}`, placing(write(source), how));
}

/** The same for a content that comes about on the host: a script that writes it to the file `"$t"`. */
export function placeMade({ dest, write: make, ...how }: MadePlacement): Script {
  return sh.lines(sh`d=${dest}`, placing(make, how));
}

/**
 * The same for many files: a function `rcm_place`, to be called with the path of a source and a destination, and with
 * `mv` behind them where the source is to be moved rather than copied.
 */
export function placeFunction(how: Omit<Placement, "dest" | "source">): Script {
  return sh`rcm_place() (
set -e; d=$2
${placing(sh`if [ $# -gt 2 ]; then mv -f "$1" "$t"; else cat "$1" >"$t"; fi`, how)}
)`;
}

function placing(
  write: Script,
  { mode, owner, group, backup, validate, follow }: Omit<Placement, "dest" | "source">,
): Script {
  return sh.lines(
    sh`case $d in */*) ;; *) d=./$d ;; esac`,
    follow &&
      sh`if [ -L "$d" ]; then l=$(readlink -f "$d") || { echo "$d is a link that leads nowhere" >&2; exit 1; }; d=$l; fi`,
    sh`if [ -d "$d" ]; then echo "$d is a directory" >&2; exit 1; fi`,
    sh`if [ -e "$d" ] && ! [ -f "$d" ]; then echo "$d is not a regular file" >&2; exit 1; fi`,
    sh`[ -d "\${d%/*}/" ] || mkdir -p "\${d%/*}/"`,
    sh`t=$(mktemp "\${d%/*}/.rcm.XXXXXX"); trap 'rm -f "$t"' EXIT; trap 'exit 1' HUP INT TERM`,
    write,
    // Without "who", chmod leaves out what the umask forbids. The mode comes last, since chown clears setuid.
    sh`if [ -e "$d" ]; then s=$(stat -L -c '%a %u:%g' "$d" "$t"); m=\${s%% *} o=\${s#* }; o=\${o%%
*}; [ "$o" = "\${s##* }" ] || chown "$o" "$t" 2>/dev/null || chgrp "\${o#*:}" "$t" 2>/dev/null || :; else m==rw; fi`,
    owner !== undefined && sh`chown ${owner} "$t"`,
    group !== undefined && sh`chgrp ${group} "$t"`,
    mode === undefined ? sh`chmod "$m" "$t"` : sh`chmod ${mode} "$t"`,
    validate !== undefined && validated(validate),
    backup && KEEP,
    sh`mv -f "$t" "$d"; trap - EXIT`,
  );
}

/** Whatever quotes the user put around `%s`, the file's name arrives as one word. */
function validated(command: string): Script {
  const line = command.replaceAll(/"%s"|'%s'|%s/g, '"$1"');
  // What it prints may be the content, which printf would show where it is a program.
  return sh`if v=$(sh -c ${line} sh "$t" 2>&1); then { rcm_put "$v"; echo; } >&2; else r=$?
{ rcm_put "$v"; echo; rcm_put "validate refused the new content (exit status $r): \${v##*
}"; echo; } >&2; exit 1; fi`;
}

/** Keeps the old file beside the new one; two within a second both stay. */
const KEEP = sh`if [ -e "$d" ]; then n=; b="$d.$(date +%Y-%m-%d@%H:%M:%S)"
while [ -e "$b$n~" ] || [ -L "$b$n~" ]; do n=".$((\${n#.} + 1))"; done
cp -p "$d" "$b$n~"; echo "backup: $b$n~"; fi`;

function write(source: string | LocalFile): Script {
  const isShort = typeof source === "string" && Buffer.byteLength(source) <= MAX_INLINE;
  // By a built-in command: what a program is given as arguments, every user of the host can see.
  if (isShort) return sh`rcm_put ${source} >"$t"`;
  return sh`cat ${typeof source === "string" ? fileOf(source) : source} >"$t"`;
}

/** Prints a file for a diff; says so instead when it is too long. */
export function diffText(file: string): Script {
  return sh`if [ -f ${file} ]; then if [ "$(wc -c <${file})" -le ${MAX_DIFF} ]; then cat ${file}; else echo "(over ${sh.raw(String(MAX_DIFF))} bytes)"; fi; fi`;
}

/** The content as a text to be shown in a diff; undefined when it is none or too long. */
export function asText(content: Buffer): string | undefined {
  if (content.length > MAX_DIFF || content.includes(0)) return undefined;
  const decoded = content.toString("utf8");
  return Buffer.from(decoded, "utf8").equals(content) ? decoded : undefined;
}

const REFUSALS: Readonly<Record<string, string>> = {
  d: "is a directory",
  o: "is not a regular file",
  r: "cannot be read: permission denied",
  b: "holds NUL characters: it is no text file",
};

/**
 * A property that is the text of a file, edited on this side: `edit` gets the present text (undefined when there is no
 * file) and gives the wanted one. It changes only the very text that it was computed from.
 *
 * @param holds see {@link Property.holds}
 */
export function editedText(
  placement: Omit<Placement, "source">,
  edit: (before: string | undefined) => string | undefined,
  holds?: Script,
): Property {
  const { dest } = placement;
  // The first character tells a file from none, and texts that cannot be edited safely are refused.
  const probe = sh`if [ -d ${dest} ]; then printf d; elif ! [ -e ${dest} ]; then printf -- -; elif ! [ -f ${dest} ]; then printf o; elif ! [ -r ${dest} ]; then printf r; elif ! tr -d '\\000' <${dest} | cmp -s - ${dest}; then printf b; else printf +; cat ${dest}; fi`;
  const want = (was: string): string => {
    const refusal = REFUSALS[was];
    if (refusal !== undefined) throw new Error(`${dest} ${refusal}`);
    const after = edit(was === "-" ? undefined : was.slice(1));
    return after === undefined ? "-" : `+${after}`;
  };
  return {
    probe,
    want,
    holds,
    exact: true,
    apply: (_was, wanted) => place({ ...placement, source: wanted.slice(1), follow: true }),
    show: { text: true, value: (value) => (value.startsWith("+") ? value.slice(1) : "") },
  };
}
