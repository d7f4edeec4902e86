import { createHash, createHmac, randomBytes } from "node:crypto";

/** One usable line of a known_hosts file. */
export interface KnownHostsLine {
  /** `revoked` lines forbid a key; `ca` lines name an authority that signs host keys. */
  readonly marker: "none" | "revoked" | "ca";
  /** The first field: a comma list of patterns, or one hashed name. */
  readonly hosts: string;
  readonly type: string;
  readonly key: Buffer;
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
}

/** The usable lines of a file's text; comments and whatever can not be read are left out, as OpenSSH does. */
export function parseLines(text: string, file: string): readonly KnownHostsLine[] {
  return text.split(/\r?\n/).flatMap((line, index) => parseLine(line, file, index + 1) ?? []);
}

const LINE = /^[ \t]*(?:(@\S+)[ \t]+)?([^\s#@]\S*)[ \t]+(\S+)[ \t]+([A-Za-z0-9+/]+={0,2})(?:[ \t].*)?$/;

function parseLine(text: string, file: string, line: number): KnownHostsLine | undefined {
  const [, sign = "", hosts = "", type = "", base64 = ""] = LINE.exec(text) ?? [];
  const marker = MARKERS.get(sign);
  const key = Buffer.from(base64, "base64");
  const usable = marker !== undefined && KEY_TYPES.has(type) && keyType(key) === type;
  return usable ? { marker, hosts, type, key, file, line } : undefined;
}

const MARKERS = new Map([
  ["", "none"],
  ["@revoked", "revoked"],
  ["@cert-authority", "ca"],
] as const satisfies [string, KnownHostsLine["marker"]][]) as ReadonlyMap<string, KnownHostsLine["marker"]>;

const KEY_TYPES: ReadonlySet<string> = new Set([
  "ssh-ed25519",
  "ssh-rsa",
  "ssh-dss",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "sk-ssh-ed25519@openssh.com",
  "sk-ecdsa-sha2-nistp256@openssh.com",
]);

/** The type that a public key's bytes begin with; undefined when they are no whole key. */
export function keyType(key: Buffer): string | undefined {
  const [type, ...numbers] = strings(key) ?? [];
  return numbers.length === 0 ? undefined : type?.toString("latin1");
}

/** The strings that some bytes consist of, each with its length before it; undefined when they do not add up. */
function strings(bytes: Buffer): readonly Buffer[] | undefined {
  const found: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 4 + (bytes.length - at < 4 ? Number.NaN : bytes.readUInt32BE(at));
    if (!(end <= bytes.length)) return undefined;
    found.push(bytes.subarray(at + 4, end));
    at = end;
  }
  return found;
}

/** A public key's fingerprint as `ssh-keygen -l` prints it: `SHA256:` and 43 characters of base64. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;
}

/** The name that a host goes by in known_hosts: a port other than 22 is part of it. */
export function hostName(host: string, port: number): string {
  const name = host.toLowerCase();
  return port === 22 ? name : `[${name}]:${port}`;
}

/** Whether a line's first field speaks of a name. One pattern with `!` that fits outweighs all others. */
export function matchesHost(hosts: string, name: string): boolean {
  if (hosts.startsWith("|")) return matchesHash(hosts, name);
  const patterns = hosts.toLowerCase().split(",");
  const fits = (pattern: string) => matchesPattern(pattern, name);
  const refused = patterns.some((pattern) => pattern.startsWith("!") && fits(pattern.slice(1)));
  return !refused && patterns.some((pattern) => !pattern.startsWith("!") && fits(pattern));
}

function matchesHash(hosts: string, name: string): boolean {
  const [, version, salt = "", hash] = hosts.split("|");
  return version === "1" && salt !== "" && hash === hashOf(name, Buffer.from(salt, "base64"));
}

/** The name as a hashed first field, under a new salt. */
export function hashedHost(name: string): string {
  const salt = randomBytes(20);
  return `|1|${salt.toString("base64")}|${hashOf(name, salt)}`;
}

function hashOf(name: string, salt: Buffer): string {
  return createHmac("sha1", salt).update(name).digest("base64");
}

/** `*` stands for any characters and `?` for one. Goes back to the last `*` only: never exponential. */
function matchesPattern(pattern: string, name: string): boolean {
  let [p, n, star, resume] = [0, 0, -1, 0];
  while (n < name.length) {
    if (pattern[p] === "*") [star, resume] = [p++, n];
    else if (pattern[p] === "?" || pattern[p] === name[n]) [p, n] = [p + 1, n + 1];
    else if (star >= 0) [p, n] = [star + 1, ++resume];
    else return false;
  }
  return /^\**$/.test(pattern.slice(p));
}
