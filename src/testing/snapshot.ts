import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

/**
 * A folder and everything below it, a line each: kind, mode, owner, inode, time of change and content. Two snapshots
 * are equal only if nothing was touched in between.
 *
 * @example
 * const before = snapshot(host.dir);
 */
export function snapshot(folder: string): readonly string[] {
  const below = readdirSync(folder, { recursive: true, encoding: "buffer" }).map((name) =>
    name.toString("latin1"),
  );
  return ["", ...below.sort()].map((name) => describe(folder, name));
}

/** Names go through latin1, so that any bytes in them survive. */
function describe(folder: string, name: string): string {
  const path = Buffer.from(join(Buffer.from(folder).toString("latin1"), name), "latin1");
  const facts = lstatSync(path, { bigint: true });
  const content = facts.isFile()
    ? createHash("sha256").update(readFileSync(path)).digest("hex")
    : facts.isSymbolicLink()
      ? readlinkSync(path)
      : "";
  const { mode, uid, gid, ino, mtimeNs, ctimeNs } = facts;
  return [name || ".", mode.toString(8), uid, gid, ino, mtimeNs, ctimeNs, content].join(" ");
}
