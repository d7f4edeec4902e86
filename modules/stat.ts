import { defineModule, path, type Report, type Script, sh, z } from "../src/index.ts";

/** What lies at a path. Times are milliseconds since the epoch. */
export type Stat = { readonly exists: false; readonly path: string } | ExistingStat;

/** A file, a directory or something else that is there. */
export interface ExistingStat {
  readonly exists: true;
  readonly path: string;
  readonly kind: "file" | "directory" | "link" | "block" | "character" | "fifo" | "socket" | "other";
  /** Permissions, such as `0644`. */
  readonly mode: string;
  /** Names; the numbers where there is no name. */
  readonly owner: string;
  readonly group: string;
  readonly uid: number;
  readonly gid: number;
  /** Bytes. */
  readonly size: number;
  readonly links: number;
  readonly inode: number;
  readonly device: number;
  readonly accessedAt: number;
  readonly modifiedAt: number;
  readonly changedAt: number;
  /** What the step's user may do with it. */
  readonly readable: boolean;
  readonly writable: boolean;
  readonly executable: boolean;
  /** What a link points to, as it stands in the link. */
  readonly target?: string;
  /** Of a regular file that can be read, unless `getChecksum` is false; hexadecimal. */
  readonly checksum?: string;
  /** With `getMime`; `unknown` where the host has no program `file`. */
  readonly mimeType?: string;
  readonly charset?: string;
}

/** Looks at a path. */
export const stat = defineModule({
  name: "stat",
  category: "Files",
  summary:
    "Tells what lies at a path: whether it is there, its kind, size, permissions, owner, times, checksum.",
  example: 'stat({ path: "/etc/app.conf" })',
  options: z.strictObject({
    path: path.describe("the path on the host"),
    follow: z.boolean().default(false).describe("look at what a link points to, not at the link"),
    getChecksum: z.boolean().default(true).describe("the checksum of a regular file"),
    checksumAlgorithm: z
      .enum(["md5", "sha1", "sha224", "sha256", "sha384", "sha512"])
      .default("sha256")
      .describe("which checksum"),
    getMime: z
      .boolean()
      .default(false)
      .describe("type and character set, as the host's program `file` tells them"),
  }),
  action: (wanted) => ({
    script: look(wanted),
    describe: `look at ${wanted.path}`,
    report: (printed) => told(wanted.path, printed.split("\0")),
  }),
});

interface Wanted {
  readonly path: string;
  readonly follow: boolean;
  readonly getChecksum: boolean;
  readonly checksumAlgorithm: string;
  readonly getMime: boolean;
}

/** Prints fields with a NUL character after each; nothing where nothing is. */
function look({ path: at, follow, getChecksum, checksumAlgorithm, getMime }: Wanted): Script {
  const flags = follow ? sh`-L` : sh``;
  const isLink = follow ? sh`false` : sh`[ -L ${at} ]`;
  const sum = sh.raw(`${checksumAlgorithm}sum`);
  const put = (field: Script): Script => sh`printf '%s\\0' ${field}`;
  return sh.lines(
    // Where the folder cannot be entered, nothing can be said.
    sh`if ! [ -e ${at} ]${follow ? sh`` : sh` && ! [ -L ${at} ]`}; then
s=$(LC_ALL=C stat ${flags} -c %f ${at} 2>&1) || case $s in *[Pp]ermission*) echo ${at}": permission denied" >&2; exit 1 ;; esac
exit 0; fi`,
    sh`s=$(stat ${flags} -c ${"%f %u %g %s %h %i %d %X %Y %Z"} ${at}); ${put(sh`"$s"`)}`,
    ...["%U", "%G"].map((format) => sh`s=$(stat ${flags} -c ${format} ${at}); ${put(sh`"$s"`)}`),
    ...["-r", "-w", "-x"].map(
      (test) => sh`if [ ${sh.raw(test)} ${at} ]; then printf 'y\\0'; else printf 'n\\0'; fi`,
    ),
    sh`if ${isLink}; then s=$(readlink ${at}; echo x); s=\${s%x}; ${put(sh`"\${s%?}"`)}; else printf '\\0'; fi`,
    getChecksum
      ? sh`if ! ${isLink} && [ -f ${at} ] && [ -r ${at} ]; then s=$(${sum} <${at}); ${put(sh`"\${s%% *}"`)}; else printf '\\0'; fi`
      : sh`printf '\\0'`,
    getMime &&
      sh`if command -v file >/dev/null; then s=$(file ${flags} -b --mime-type -- ${at}); c=$(file ${flags} -b --mime-encoding -- ${at}); else s=unknown c=unknown; fi; ${put(sh`"$s" "$c"`)}`,
  );
}

const KINDS: Readonly<Record<number, ExistingStat["kind"]>> = {
  1: "fifo",
  2: "character",
  4: "directory",
  6: "block",
  8: "file",
  10: "link",
  12: "socket",
};

function told(at: string, fields: readonly string[]): Report<Stat> {
  if (fields.length < 2) return { message: "absent", output: { exists: false, path: at } };
  const [facts = "", user = "", group = "", read, write, execute, target = "", checksum = "", mime, charset] =
    fields;
  const [bits = "", ...rest] = facts.split(" ");
  const [
    uid = 0,
    gid = 0,
    size = 0,
    links = 0,
    inode = 0,
    device = 0,
    accessed = 0,
    modified = 0,
    changed = 0,
  ] = rest.map(Number);
  const raw = Number.parseInt(bits, 16);
  const [kind, mode] = [KINDS[raw >> 12] ?? "other", (raw & 0o7777).toString(8).padStart(4, "0")];
  const [owner, owners] = [named(user, uid), named(group, gid)];
  const output: Stat = {
    exists: true,
    ...{ path: at, kind, mode, owner, group: owners, uid, gid, size, links, inode, device },
    accessedAt: accessed * 1000,
    modifiedAt: modified * 1000,
    changedAt: changed * 1000,
    ...{ readable: read === "y", writable: write === "y", executable: execute === "y" },
    ...(kind === "link" ? { target } : {}),
    ...(checksum === "" ? {} : { checksum }),
    ...(mime === undefined || charset === undefined ? {} : { mimeType: mime, charset }),
  };
  return { message: `${kind} ${mode} ${owner}:${owners} ${size} bytes`, output };
}

function named(name: string, id: number): string {
  return name === "UNKNOWN" || name === "" ? String(id) : name;
}
