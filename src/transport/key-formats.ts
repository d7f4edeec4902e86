import { createPrivateKey, type KeyObject } from "node:crypto";
import ssh2, { type ParsedKey } from "ssh2";
import { ed25519ToOpenssh, opensshHeader } from "./openssh-key.ts";
import { signQuickly } from "./quick-key.ts";

/** A key that ssh2 can use, or why there is none, and what to do. */
export type KeyResult =
  | { readonly key: ParsedKey }
  | { readonly problem: string; readonly hint: string | undefined };

/** Where a key's text comes from, and what opens it. */
export interface KeySource {
  readonly path: string;
  readonly passphrase?: string | undefined;
}

/** Parses the text of a private key file: OpenSSH's own format, and the PEM formats PKCS#1, SEC 1 and PKCS#8. */
export function parsePrivateKey(text: string, source: KeySource): KeyResult {
  const trimmed = text.trim();
  if (trimmed.startsWith("-----BEGIN OPENSSH PRIVATE KEY-----")) return parseOpenssh(trimmed, source);
  if (/^-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/.test(trimmed)) return parsePem(trimmed, source);
  return notPrivate(trimmed, source);
}

/** ssh2 reads this format, but says neither which type it does not know nor whether a passphrase is missing. */
function parseOpenssh(text: string, source: KeySource): KeyResult {
  const header = opensshHeader(text);
  if (!header) return broken("it is no whole OpenSSH private key", source);
  if (!SUPPORTED.has(header.type)) return unsupported(header.type);
  if (header.encrypted && source.passphrase === undefined) return needsPassphrase(source);
  return fromSsh2(text, source, header.encrypted);
}

function fromSsh2(text: string, source: KeySource, encrypted: boolean): KeyResult {
  const parsed: ParsedKey | Error = ssh2.utils.parseKey(text, source.passphrase);
  if (!(parsed instanceof Error)) {
    signQuickly(parsed);
    return { key: parsed };
  }
  if (/unsupported/i.test(parsed.message) && /cipher|kdf/i.test(parsed.message)) {
    return {
      problem: `it is encrypted in an unusual way (${parsed.message})`,
      hint: `${reencrypt(source)} -Z aes256-ctr`,
    };
  }
  return encrypted ? wrongPassphrase(source) : broken(parsed.message, source);
}

/** Everything in PEM goes through OpenSSL, which checks what it has decrypted; ssh2 does not, and knows no PKCS#8. */
function parsePem(text: string, source: KeySource): KeyResult {
  const encrypted = /^-----BEGIN ENCRYPTED |^Proc-Type: 4,ENCRYPTED/m.test(text);
  if (encrypted && source.passphrase === undefined) return needsPassphrase(source);
  try {
    const { passphrase } = source;
    const key = createPrivateKey({
      key: text,
      ...(encrypted && passphrase !== undefined ? { passphrase } : {}),
    });
    const converted = toSsh2Format(key);
    return converted === undefined ? unsupported(nameOf(key)) : fromSsh2(converted, source, false);
  } catch (error) {
    return pemProblem(error as NodeJS.ErrnoException, source, encrypted);
  }
}

function toSsh2Format(key: KeyObject): string | undefined {
  if (key.asymmetricKeyType === "rsa") return String(key.export({ type: "pkcs1", format: "pem" }));
  if (key.asymmetricKeyType === "ed25519") return ed25519ToOpenssh(key);
  return CURVES.has(nameOf(key)) ? String(key.export({ type: "sec1", format: "pem" })) : undefined;
}

/** With a wrong passphrase, one time in 256, what is decrypted only turns out later to make no sense. */
function pemProblem(
  { code, message }: NodeJS.ErrnoException,
  source: KeySource,
  encrypted: boolean,
): KeyResult {
  if (!encrypted) return broken(message, source);
  if (code === "ERR_OSSL_BAD_DECRYPT") return wrongPassphrase(source);
  const problem = `the passphrase is wrong, or OpenSSL does not know its encryption (${message})`;
  return { problem, hint: reencrypt(source) };
}

function notPrivate(text: string, source: KeySource): KeyResult {
  const { path } = source;
  const kind = PUBLIC_KINDS.find(([pattern]) => pattern.test(text))?.[1];
  if (kind === undefined) return broken("it is in no format of a private key", source);
  const guess = path.replace(/(-cert)?\.pub$/, "");
  const hint = guess === path ? "give the private key that belongs to it" : `give the private key: ${guess}`;
  return kind === "PuTTY" ? puttyKey(path) : { problem: `it is ${kind}, not a private key`, hint };
}

const PUBLIC_KINDS: readonly (readonly [RegExp, string])[] = [
  [/^PuTTY-User-Key-File-/, "PuTTY"],
  [/^\S+-cert-v\d\d@openssh\.com /, "a certificate"],
  [/^(ssh|ecdsa|sk-ssh|sk-ecdsa)-\S+ AAAA/, "a public key"],
  [/^---- BEGIN SSH2 PUBLIC KEY/, "a public key"],
  [/^-----BEGIN (RSA )?PUBLIC KEY/, "a public key"],
  [/^-----BEGIN CERTIFICATE/, "a certificate"],
];

function puttyKey(path: string): KeyResult {
  const hint = `convert it: puttygen '${path}' -O private-openssh -o '${path}.openssh'`;
  return { problem: "it is in PuTTY's format, which is not supported", hint };
}

const CURVES: ReadonlySet<string> = new Set(["prime256v1", "secp384r1", "secp521r1"]);

const SUPPORTED: ReadonlySet<string> = new Set([
  "ssh-ed25519",
  "ssh-rsa",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
]);

function nameOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string {
  return asymmetricKeyDetails?.namedCurve ?? asymmetricKeyType ?? "unknown";
}

function unsupported(type: string): KeyResult {
  const why = type.startsWith("sk-")
    ? "keys in a security token are not supported"
    : "that type is not supported";
  const hint = type.startsWith("sk-")
    ? "make a key of another type: ssh-keygen -t ed25519"
    : "make a new key: ssh-keygen -t ed25519";
  return { problem: `it is of type ${type}, and ${why}`, hint };
}

function needsPassphrase({ path }: KeySource): KeyResult {
  const hint = `give its passphrase, or let an agent hold it: ssh-add '${path}'`;
  return { problem: "it is encrypted, and there is no passphrase for it", hint };
}

function wrongPassphrase({ path }: KeySource): KeyResult {
  return { problem: "the passphrase is wrong", hint: `check it with: ssh-keygen -y -f '${path}'` };
}

function broken(detail: string, { path }: KeySource): KeyResult {
  return { problem: `it cannot be read: ${detail}`, hint: `check it with: ssh-keygen -y -f '${path}'` };
}

function reencrypt({ path }: KeySource): string {
  return `bring it into OpenSSH's format: ssh-keygen -p -f '${path}'`;
}
