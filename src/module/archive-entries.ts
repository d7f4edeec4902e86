import type { Unpacking } from "./unpack-script.ts";

/** A file, directory or link that an archive holds. */
export interface ArchiveEntry {
  /** Relative, without `.` and `..` and a slash at its end. */
  readonly path: string;
  readonly kind: "file" | "directory" | "link";
  readonly isExecutable: boolean;
  /** Of a file's content, in hexadecimal. */
  readonly sha256: string;
  /** What a link points to. */
  readonly target: string;
}

/** What is found, and must still be checked: a name as it is written, and for a hard link what it is linked to. */
export interface Found extends ArchiveEntry {
  readonly linked?: string | undefined;
}

/** The error of an archive that is not to be unpacked. */
export function refusal(why: string): Error {
  return new Error(`the archive is refused: ${why}`);
}

/**
 * What was found, with names in their normal form, when all of it keeps the rules: the same as those of the script for
 * hosts.
 *
 * @throws Error that says what is refused
 */
export function checked(found: readonly Found[]): ArchiveEntry[] {
  const entries = new Map<string, ArchiveEntry>();
  for (const { linked, ...entry } of found) {
    const path = normalised(entry.path);
    if (path === "") continue;
    if (/[\n\\]/.test(path)) throw refusal(`a name is odd: ${JSON.stringify(path)}`);
    if (path.startsWith("/")) throw refusal(`a name is absolute: ${path}`);
    if (path.split("/").includes("..")) throw refusal(`a name leads out of it: ${path}`);
    const before = entries.get(path);
    if (before && (before.kind !== "directory" || entry.kind !== "directory"))
      throw refusal(`it holds two of the name ${path}`);
    const source = linked === undefined ? undefined : entries.get(normalised(linked));
    if (linked !== undefined && source?.kind !== "file")
      throw refusal(`a hard link leads to ${linked}, which is none of its files`);
    entries.set(path, { ...entry, ...source, path });
  }
  for (const path of entries.keys()) {
    for (let up = parentOf(path); up !== ""; up = parentOf(up)) {
      const parent = entries.get(up);
      if (parent && parent.kind !== "directory")
        throw refusal(`something lies below ${up}, which is no directory`);
    }
  }
  return [...entries.values()];
}

/** What is wanted of an archive, sorted by its names. */
export function select(
  entries: readonly ArchiveEntry[],
  { strip, include, exclude }: Unpacking,
): ArchiveEntry[] {
  const chosen = new Map<string, ArchiveEntry>();
  const isPartial = include.length + exclude.length > 0;
  const [wanted, unwanted] = [include, exclude].map((patterns) => patterns.map(globToRegExp));
  for (const entry of entries) {
    const path = entry.path.split("/").slice(strip).join("/");
    if (path === "") continue;
    if (entry.kind === "link" && leadsOut(path, entry.target))
      throw refusal(`the link ${path} leads out of it`);
    if (isPartial && entry.kind === "directory") continue;
    if (wanted?.length && !wanted.some((pattern) => pattern.test(path))) continue;
    if (unwanted?.some((pattern) => pattern.test(path))) continue;
    if (chosen.has(path) && entry.kind !== "directory") throw refusal(`it holds two of the name ${path}`);
    chosen.set(path, { ...entry, path });
    for (let up = parentOf(path); up !== ""; up = parentOf(up)) {
      if (!chosen.has(up))
        chosen.set(up, { path: up, kind: "directory", isExecutable: true, sha256: "", target: "" });
    }
  }
  if (chosen.size === 0) throw refusal("nothing of it is wanted");
  return [...chosen.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Only steps up at its beginning are followed, and not beyond the root: others may go through another link. */
function leadsOut(path: string, target: string): boolean {
  const steps = target.split("/").filter((step) => step !== "" && step !== ".");
  const ups = steps.findIndex((step) => step !== "..");
  const leading = ups < 0 ? steps.length : ups;
  return (
    target.startsWith("/") ||
    target.includes("\n") ||
    steps.slice(leading).includes("..") ||
    leading > path.split("/").length - 1
  );
}

/** As `find -path` matches: a star takes slashes too; and what lies below something that matches. */
function globToRegExp(pattern: string): RegExp {
  const source = pattern.replaceAll(
    /\[(!?)([^\]]+)\]|\\?[\s\S]/g,
    (piece, not: string | undefined, set?: string) => {
      if (set !== undefined) return `[${not ? "^" : ""}${set.replaceAll(/[\\^[]/g, "\\$&")}]`;
      return piece === "*"
        ? "[\\s\\S]*"
        : piece === "?"
          ? "[\\s\\S]"
          : piece.replace(/^\\(?=[\s\S])/, "").replaceAll(/[\\^$.|*?+()[\]{}/]/g, "\\$&");
    },
  );
  return new RegExp(`^(?:${source})(?:/[\\s\\S]*)?$`, "u");
}

function normalised(path: string): string {
  const joined = path.replaceAll(/\/{2,}/g, "/").replace(/^(?:\.\/)+/, "");
  return joined === "." ? "" : joined.replace(/(.)\/$/, "$1");
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}
