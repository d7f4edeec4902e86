import { generateKeyPairSync } from "node:crypto";
import ssh2, { type ParsedKey } from "ssh2";
import { ed25519ToOpenssh } from "../transport/openssh-key.ts";

/** Makes an ed25519 private key in OpenSSH's format; ssh2's own generator spoils one key in 256. */
export function makeKey(): string {
  return ed25519ToOpenssh(generateKeyPairSync("ed25519").privateKey);
}

/** The public half of a private key, as a line of authorized_keys or known_hosts has it: type and base64. */
export function publicLine(privateKey: string): string {
  const key = parseKey(privateKey);
  return `${key.type} ${key.getPublicSSH().toString("base64")}`;
}

/** Parses a key that a test host made or was given. */
export function parseKey(text: string): ParsedKey {
  const parsed: ParsedKey | Error | readonly ParsedKey[] = ssh2.utils.parseKey(text);
  const key = Array.isArray(parsed) ? parsed[0] : parsed;
  if (key instanceof Error) throw key;
  return key;
}
