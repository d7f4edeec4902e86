import type { HostName } from "./hosts.ts";
import { onHost } from "./lab.ts";

/** What changes by itself, or whenever somebody logs in. */
const OTHERS = [
  // no files, or gone with a boot
  ...["/proc", "/sys", "/dev", "/run", "/tmp"],
  // the journal, and who logged in when
  "/var/log",
  // when timers ran last, and what the journal's catalogue and the random seed are
  "/var/lib/systemd",
  // podman touches its locks and its database whenever it is asked anything
  "/var/lib/containers",
];

/** A remote archive is unpacked there to be looked at, and goes again; what stays would be seen. */
const ONLY_WITHIN = "/var/tmp";

/**
 * Keeps, on the host, a list of all that lies on its disk and in its mounts: names, kinds, permissions, owners, sizes,
 * times, what links point to, and hashes of all contents.
 */
export async function keepTree(host: HostName, name: string): Promise<void> {
  const all = `find / ${OTHERS.map((path) => `-path ${path} -prune -o`).join(" ")} -path ${ONLY_WITHIN} -o`;
  // What a directory has for a size is up to the file system: in a disk of layers it differs by what was looked at.
  const facts = `-type d -printf '%p d %m %U %G %T@\\n' -o -printf '%p %y %m %U %G %s %T@ %l\\n'`;
  const list = `{ ${all} ${facts}; ${all} -type f -exec sha256sum {} +; } | LC_ALL=C sort`;
  await onHost(host, `${list} >/run/tree-${name}`);
}

/** How the disk differs from what was kept: lines of `diff`; none when nothing does. */
export async function treeSince(host: HostName, name: string): Promise<string> {
  await keepTree(host, "now");
  return await onHost(host, `[ -s /run/tree-${name} ] || exit 1; diff /run/tree-${name} /run/tree-now || :`);
}
