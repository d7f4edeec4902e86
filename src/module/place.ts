import { fileOf, type LocalFile } from "../shell/file.ts";
import { MAX_DIFF } from "../shell/placing.ts";
import { type Script, sh } from "../shell/script.ts";
import type { Property } from "./property.ts";

/** Texts up to this many bytes travel within the script; longer ones go as a file. */
const MAX_INLINE = 32 * 1024;
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
  return placing(sh`${dest}`, write(source), how);
}

/** The same for a content that comes about on the host: a script that writes it to the file `"$t"`. */
export function placeMade({ dest, write: make, ...how }: MadePlacement): Script {
  return placing(sh`${dest}`, make, how);
}

/**
 * The same for many files: a function `rcm_place`, to be called with the path of a source and a destination, and with
 * `mv` behind them where the source is to be moved rather than copied.
 */
export function placeFunction(how: Omit<Placement, "dest" | "source">): Script {
  return sh`rcm_place() (
set -e
${placing(sh`"$2"`, sh`if [ $# -gt 2 ]; then mv -f "$1" "$t"; else cat "$1" >"$t"; fi`, how)}
)`;
}

function placing(
  dest: Script,
  write: Script,
  { mode, owner, group, backup, validate, follow }: Omit<Placement, "dest" | "source">,
): Script {
  return sh.lines(
    sh`rcm_open ${dest} ${sh.raw(follow ? "follow" : "")}`,
    write,
    sh`rcm_fit ${[mode ?? "", owner ?? "", group ?? ""]}`,
    validate !== undefined && validated(validate),
    backup && KEEP,
    sh`rcm_settle`,
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
  if (typeof source === "string") return sh`cat ${fileOf(source)} >"$t"`;
  return source.isAlone ? sh`rcm_fill ${source}` : sh`cat ${source} >"$t"`;
}

/** Prints a file for a diff; says so instead when it is too long. */
export function diffText(file: string): Script {
  return sh`rcm_diff ${file}`;
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
  const probe = sh`rcm_read ${dest}`;
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
