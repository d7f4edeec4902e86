import { randomUUID } from "node:crypto";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeKey, publicLine } from "./make-key.ts";

/** The files of one test host, all below one temporary directory. */
export interface HostFiles {
  readonly base: string;
  readonly dir: string;
  readonly privateKey: string;
  readonly authorizedKeys: string;
  readonly hostKey: string;
  readonly knownHosts: string;
  /** Tells this host's processes from all others. */
  readonly mark: string;
}

/** Makes a host's directory, its key, and the key that may log in; nothing forks, so that it takes a millisecond. */
export function makeHostFiles({
  hostKey,
  owner,
}: {
  hostKey?: string | undefined;
  owner?: Owner | undefined;
}): HostFiles {
  const base = mkdtempSync(join(tmpdir(), "rcm-host-"));
  const files: HostFiles = {
    base,
    dir: join(base, "home"),
    privateKey: join(base, "id_ed25519"),
    authorizedKeys: join(base, "authorized_keys"),
    hostKey: join(base, "ssh_host_ed25519_key"),
    knownHosts: join(base, "known_hosts"),
    mark: randomUUID(),
  };
  const client = makeKey();
  mkdirSync(files.dir, { mode: 0o700 });
  writeFileSync(files.privateKey, client, { mode: 0o600 });
  writeFileSync(files.authorizedKeys, `${publicLine(client)}\n`, { mode: 0o644 });
  writeFileSync(files.hostKey, hostKey ?? makeKey(), { mode: 0o600 });
  if (owner) giveTo(owner, files);
  return files;
}

/** An account of this machine. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Another account must get through to its directory and its authorized_keys, and to nothing else. */
function giveTo({ uid, gid }: Owner, { base, dir }: HostFiles): void {
  chmodSync(base, 0o711);
  chownSync(dir, uid, gid);
}

/** Writes the known_hosts file, once the port is known. */
export function writeKnownHosts(files: HostFiles, port: number, hostKey: string): void {
  const line = `[127.0.0.1]:${port} ${publicLine(hostKey)}\n`;
  writeFileSync(files.knownHosts, line, { mode: 0o600 });
}

/** Removes a host's directory and all below it. */
export function removeHostFiles({ base }: HostFiles): void {
  rmSync(base, { recursive: true, force: true, maxRetries: 3 });
}
