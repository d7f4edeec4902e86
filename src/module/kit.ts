import { z } from "zod";
import { fileOf, type LocalFile } from "../shell/file.ts";
import { type Script, sh } from "../shell/script.ts";
import { parseDuration } from "../util/duration.ts";
import type { Property } from "./property.ts";

/** Texts up to this many bytes travel within the script; longer ones go as a file. */
const MAX_INLINE = 32 * 1024;
/** Files over this many bytes are not shown as a diff; Ansible's limit. */
const MAX_DIFF = 104_448;

const NO_NUL = /^[^\0]*$/;

/** Option schema: a path on the host. One that begins with `-` stays a path. */
export const path = z
  .string()
  .min(1)
  .regex(NO_NUL, "a path cannot hold a NUL character")
  .transform((value) => (value.startsWith("-") ? `./${value}` : value));

/** Option schema: a text that can go into a shell script. */
export const text = z.string().regex(NO_NUL, "it cannot hold a NUL character");

/** Option schema: permissions as an octal text. A number would have lost its leading zero. */
export const fileMode = z
  .string({
    error: (issue) =>
      typeof issue.input === "number"
        ? 'wanted a quoted mode such as "0644": a number reads as decimal'
        : 'wanted a mode such as "0644"',
  })
  .regex(/^[0-7]{3,4}$/, 'wanted an octal mode such as "0644"');

/** Option schema: the name or number of a user or group. */
export const ownerName = z
  .string()
  .regex(/^(?:[A-Za-z_][A-Za-z0-9_.-]*\$?|\d+)$/, "wanted the name or number of a user or group");

/** Option schema: a duration in ms, or as `500ms`, `5s`, `2m`; becomes ms. */
export const duration = z.union([z.number(), z.string()]).transform((value, ctx) => {
  const ms = parseDuration(value);
  if (ms === undefined)
    ctx.addIssue({ code: "custom", message: 'wanted a duration such as 500, "5s" or "2m"' });
  return ms ?? z.NEVER;
});

/** Option schemas that every module which makes a file has. */
export const accessOptions = {
  mode: fileMode.optional().describe('permissions, as a quoted octal text such as "0644"'),
  owner: ownerName.optional().describe("name or number of the owning user"),
  group: ownerName.optional().describe("name or number of the owning group"),
};

/** Option schemas of modules that rewrite a file. */
export const rewriteOptions = {
  backup: z
    .boolean()
    .default(false)
    .describe("keep the old file beside the new one, with the time in its name"),
  validate: text
    .refine((command) => command.includes("%s"), "wanted a command with %s where the file's name goes")
    .optional()
    .describe(
      "shell command that must accept the new file, `%s`, before it takes its place: `visudo -cf %s`",
    ),
};

/** Who owns a file and what they may do with it. */
export interface Access {
  readonly path: string;
  readonly mode?: string | undefined;
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
}

/** The properties `owner`, `group` and `mode` of a file, as far as they are wanted. Owner first: chown clears setuid. */
export function access({ path: file, mode, owner, group }: Access): Readonly<Record<string, Property>> {
  const stat = (format: string): Script => sh`stat -L -c ${format} ${file} 2>/dev/null`;
  const isNumber = (name: string): boolean => /^\d+$/.test(name);
  return {
    ...(owner === undefined
      ? {}
      : {
          owner: {
            probe: stat(isNumber(owner) ? "%u" : "%U"),
            want: owner,
            apply: sh`chown ${owner} ${file}`,
          },
        }),
    ...(group === undefined
      ? {}
      : {
          group: {
            probe: stat(isNumber(group) ? "%g" : "%G"),
            want: group,
            apply: sh`chgrp ${group} ${file}`,
          },
        }),
    ...(mode === undefined ? {} : { mode: modeProperty(file, mode, stat("%a")) }),
  };
}

function modeProperty(file: string, mode: string, probe: Script): Property {
  const value = (octal: string): string => (octal === "" ? "" : octal.padStart(4, "0"));
  return {
    probe,
    want: mode.replace(/^0+(?=.)/, ""),
    apply: sh`chmod ${mode} ${file}`,
    show: { text: false, value },
  };
}

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

/**
 * The script that puts a file in place: written under a private name in the same folder, given its owner and
 * permissions (those of the file it replaces unless others are wanted), validated, then renamed.
 */
export function place({ dest, source, mode, owner, group, backup, validate, follow }: Placement): Script {
  return sh.lines(
    sh`d=${dest}; case $d in */*) ;; *) d=./$d ;; esac`,
    follow && sh`if [ -L "$d" ]; then d=$(readlink -f "$d"); fi`,
    sh`if [ -d "$d" ]; then echo "$d is a directory" >&2; exit 1; fi`,
    sh`[ -d "\${d%/*}/" ] || mkdir -p "\${d%/*}/"`,
    sh`t=$(mktemp "\${d%/*}/.rcm.XXXXXX"); trap 'rm -f "$t"' EXIT`,
    write(source),
    // Without "who", chmod leaves out what the umask forbids.
    sh`if [ -e "$d" ]; then chmod "$(stat -L -c %a "$d")" "$t"; chown "$(stat -L -c %u:%g "$d")" "$t" 2>/dev/null || :; else chmod =rw "$t"; fi`,
    owner !== undefined && sh`chown ${owner} "$t"`,
    group !== undefined && sh`chgrp ${group} "$t"`,
    mode !== undefined && sh`chmod ${mode} "$t"`,
    validate !== undefined && sh`${sh.raw("sh -c")} ${validate.replaceAll("%s", '"$1"')} sh "$t" >&2`,
    backup &&
      sh`if [ -e "$d" ]; then b="$d.$(date +%Y-%m-%d@%H:%M:%S)~"; cp -p "$d" "$b"; echo "backup: $b"; fi`,
    sh`mv -f "$t" "$d"; trap - EXIT`,
  );
}

function write(source: string | LocalFile): Script {
  const isShort = typeof source === "string" && Buffer.byteLength(source) <= MAX_INLINE;
  if (isShort) return sh`printf %s ${source} >"$t"`;
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

/** Prints the kind of what lies at a path: `absent`, `file`, `directory`, `link` or `other`. */
export function kindOf(file: string): Script {
  return sh`if [ -L ${file} ]; then echo link; elif [ -d ${file} ]; then echo directory; elif [ -f ${file} ]; then echo file; elif [ -e ${file} ]; then echo other; else echo absent; fi`;
}

/**
 * A property that is the text of a file, edited on this side: `edit` gets the present text (undefined when there is no
 * file) and gives the wanted one. It changes only the very text that it was computed from.
 */
export function editedText(
  placement: Omit<Placement, "source">,
  edit: (before: string | undefined) => string | undefined,
): Property {
  const { dest } = placement;
  // The first character tells a file from none, and texts that cannot be edited safely are refused.
  const probe = sh`if [ -d ${dest} ]; then printf d; elif ! [ -e ${dest} ]; then printf -- -; elif ! tr -d '\\000' <${dest} | cmp -s - ${dest}; then printf b; else printf +; cat ${dest}; fi`;
  const want = (was: string): string => {
    if (was === "d") throw new Error(`${dest} is a directory`);
    if (was === "b") throw new Error(`${dest} holds NUL characters: it is no text file`);
    if (was.includes("\uFFFD")) throw new Error(`${dest} is not UTF-8 text`);
    const after = edit(was === "-" ? undefined : was.slice(1));
    return after === undefined ? "-" : `+${after}`;
  };
  return {
    probe,
    want,
    exact: true,
    apply: (_was, wanted) => place({ ...placement, source: wanted.slice(1), follow: true }),
    show: { text: true, value: (value) => (value.startsWith("+") ? value.slice(1) : "") },
  };
}
