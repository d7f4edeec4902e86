import type { Report } from "../../src/index.ts";
import type { ExistingStat, Stat } from "./output.ts";

const KINDS: Readonly<Record<number, ExistingStat["kind"]>> = {
  1: "fifo",
  2: "character",
  4: "directory",
  6: "block",
  8: "file",
  10: "link",
  12: "socket",
};

/** What was printed, as the step's output. */
export function told(at: string, fields: readonly string[]): Report<Stat> {
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
