import { createHash } from "node:crypto";
import { type BigIntStats, lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";

/**
 * A folder and everything below it, a line each: kind and mode, owner, inode, content, and unless they are not asked
 * for the times. Two snapshots are equal only if nothing was touched in between.
 *
 * @example
 * const before = snapshot(host.dir);
 */
export function snapshot(folder: string, { times = true } = {}): readonly string[] {
  return list(Buffer.from(folder), Buffer.from("."), times);
}

/** Names are bytes, whatever encoding they are in. */
function list(path: Buffer, shown: Buffer, times: boolean): string[] {
  const facts = lstatSync(path, { bigint: true });
  const { mode, uid, gid, ino, mtimeNs, ctimeNs } = facts;
  const when = times ? [mtimeNs, ctimeNs] : [];
  const line = [shown.toString("latin1"), mode.toString(8), uid, gid, ino, ...when, contentOf(path, facts)];
  const names = facts.isDirectory() ? readdirSync(path, { encoding: "buffer" }).sort(Buffer.compare) : [];
  return [line.join(" "), ...names.flatMap((name) => list(below(path, name), below(shown, name), times))];
}

function contentOf(path: Buffer, facts: BigIntStats): string {
  if (facts.isFile()) return createHash("sha256").update(readFileSync(path)).digest("hex");
  return facts.isSymbolicLink() ? readlinkSync(path) : "";
}

function below(folder: Buffer, name: Buffer): Buffer {
  return Buffer.concat([folder, Buffer.from("/"), name]);
}
