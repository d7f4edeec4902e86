import { constants } from "node:fs";
import { type FileHandle, mkdir, open, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { messageOf, RcmError } from "../errors.ts";
import { withFileLock } from "./file-lock.ts";
import {
  fingerprint,
  hashedHost,
  hostName,
  type KnownHostsLine,
  keyType,
  matchesHost,
  parseLines,
} from "./known-hosts-line.ts";

export { fingerprint } from "./known-hosts-line.ts";

/** A host, and the key that it showed. */
export interface ShownKey {
  readonly host: string;
  readonly port: number;
  /** The public key as it travels: type, then its numbers. */
  readonly key: Buffer;
}

/** A line of a known_hosts file that speaks of a host. */
interface KnownKey {
  readonly type: string;
  readonly fingerprint: string;
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
}

/** What the known_hosts files say about a key. */
interface KeyVerdict {
  readonly verdict: "known" | "unknown" | "changed" | "revoked";
  /** The lines that led to the verdict: the host's keys, or those that revoke. */
  readonly known: readonly KnownKey[];
  /** Whether a certificate authority is named for this host, which ssh2 can not make use of. */
  readonly certAuthority: boolean;
}

/** The contents of known_hosts files, with the verdicts of OpenSSH's `StrictHostKeyChecking yes`. */
export interface KnownHosts {
  judge(shown: ShownKey): KeyVerdict;
  /** The types of the keys that are known for a host, to be asked of the server before others. */
  keyTypes(host: string, port: number): readonly string[];
}

/**
 * Reads known_hosts files; those that do not exist hold nothing.
 *
 * @throws RcmError (host-key) when a file is there and can not be read: it might revoke a key.
 */
export async function readKnownHosts(paths: readonly string[]): Promise<KnownHosts> {
  const files = await Promise.all(paths.map(async (path) => parseLines(await readText(path), path)));
  return knownHosts(files.flat());
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    if (["ENOENT", "ENOTDIR"].includes((cause as NodeJS.ErrnoException).code ?? "")) return "";
    throw new RcmError(`Cannot read the known hosts file "${path}": ${messageOf(cause)}`, {
      code: "host-key",
      cause,
    });
  }
}

/** Judges by lines that were read already. */
function knownHosts(lines: readonly KnownHostsLine[]): KnownHosts {
  return {
    judge: ({ host, port, key }) => {
      const about = linesAbout(lines, host, port);
      const revoking = about.revoked.filter((line) => line.key.equals(key));
      const verdict = revoking.length > 0 ? "revoked" : verdictOf(about, key);
      const known = verdict === "revoked" ? revoking : verdict === "unknown" ? [] : keysOf(about);
      return { verdict, known: known.map(toKnownKey), certAuthority: about.certAuthority };
    },
    keyTypes: (host, port) => [...new Set(keysOf(linesAbout(lines, host, port)).map(({ type }) => type))],
  };
}

interface LinesAbout {
  /** Under the name with its port. */
  readonly exact: readonly KnownHostsLine[];
  /** Under the bare name, when that is another one. */
  readonly bare: readonly KnownHostsLine[];
  readonly revoked: readonly KnownHostsLine[];
  readonly certAuthority: boolean;
}

function linesAbout(lines: readonly KnownHostsLine[], host: string, port: number): LinesAbout {
  const exact = lines.filter(({ hosts }) => matchesHost(hosts, hostName(host, port)));
  const bare = lines.filter((line) => !exact.includes(line) && matchesHost(line.hosts, hostName(host, 22)));
  return {
    exact: exact.filter(({ marker }) => marker === "none"),
    bare: bare.filter(({ marker }) => marker === "none"),
    revoked: [...exact, ...bare].filter(({ marker }) => marker === "revoked"),
    certAuthority: exact.some(({ marker }) => marker === "ca"),
  };
}

/** Like OpenSSH: a key under the bare name vouches for a host on another port, but contradicts nothing there. */
function verdictOf({ exact, bare }: LinesAbout, key: Buffer): "known" | "unknown" | "changed" {
  if (exact.some((line) => line.key.equals(key))) return "known";
  if (exact.length > 0) return "changed";
  return bare.some((line) => line.key.equals(key)) ? "known" : "unknown";
}

function keysOf({ exact, bare }: LinesAbout): readonly KnownHostsLine[] {
  return exact.length > 0 ? exact : bare;
}

function toKnownKey({ type, key, file, line }: KnownHostsLine): KnownKey {
  return { type, fingerprint: fingerprint(key), file, line };
}

/**
 * Adds an unknown host's key to a known_hosts file, which is made if missing; a key that is known there already
 * is left alone. Safe against others that add at the same time, in this process or another.
 *
 * @returns whether a line was added
 * @throws RcmError (host-key) when the file, read again now, holds another key for the host, or revokes this one.
 */
export async function addKnownHost(
  path: string,
  shown: ShownKey & { readonly hash?: boolean },
): Promise<boolean> {
  const line = lineFor(shown);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  return withFileLock(path, async () => {
    const text = await readText(path);
    const { verdict } = knownHosts(parseLines(text, path)).judge(shown);
    if (verdict === "known") return false;
    if (verdict !== "unknown") throw contradicted(path, shown, verdict);
    await append(path, text === "" || text.endsWith("\n") ? line : `\n${line}`);
    return true;
  });
}

function lineFor({ host, port, key, hash = false }: ShownKey & { readonly hash?: boolean }): string {
  const type = keyType(key);
  const sound = /^[A-Za-z0-9_:][A-Za-z0-9._:%-]*$/.test(host) && Number.isInteger(port) && type !== undefined;
  if (!sound) {
    const what =
      type === undefined ? "the key is no SSH public key" : "its name has characters that no host name has";
    throw new RcmError(`Cannot remember the host key of ${JSON.stringify(host)}: ${what}`, {
      code: "host-key",
    });
  }
  const name = hostName(host, port);
  return `${hash ? hashedHost(name) : name} ${type} ${key.toString("base64")}\n`;
}

function contradicted(path: string, { host, key }: ShownKey, verdict: "changed" | "revoked"): RcmError {
  const why = verdict === "revoked" ? "the file revokes this key" : "the file holds another key for it";
  return new RcmError(`Cannot remember ${host}'s host key ${fingerprint(key)} in "${path}": ${why}`, {
    code: "host-key",
    hint: "Find out on the host itself which key is right (ssh-keygen -lf) before you trust either.",
  });
}

async function append(path: string, text: string): Promise<void> {
  const { O_APPEND, O_CREAT, O_WRONLY } = constants;
  const file = await open(path, O_APPEND | O_CREAT | O_WRONLY, 0o600);
  try {
    await appendWhole(file, text);
  } finally {
    await file.close();
  }
}

/** On a full disk half a line may have been written: it goes again. */
async function appendWhole(file: FileHandle, text: string): Promise<void> {
  const { size } = await file.stat();
  try {
    await file.writeFile(text);
    await file.datasync();
  } catch (error) {
    await file.truncate(size);
    throw error;
  }
}
