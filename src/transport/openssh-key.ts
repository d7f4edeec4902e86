import type { KeyObject } from "node:crypto";
import { keyType } from "./known-hosts-line.ts";

const MAGIC = Buffer.from("openssh-key-v1\0");

/** What an OpenSSH private key file tells without its passphrase; undefined when it is none. */
export function opensshHeader(
  text: string,
): { readonly type: string; readonly encrypted: boolean } | undefined {
  const bytes = Buffer.from(text.replace(/-----[A-Z ]+-----/g, ""), "base64");
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  try {
    const [cipher, afterCipher] = readString(bytes, MAGIC.length);
    const [, afterKdf] = readString(bytes, afterCipher);
    const [, afterOptions] = readString(bytes, afterKdf);
    const [publicKey] = readString(bytes, afterOptions + 4);
    const type = keyType(publicKey);
    return type === undefined ? undefined : { type, encrypted: cipher.toString() !== "none" };
  } catch {
    return undefined;
  }
}

function readString(bytes: Buffer, at: number): readonly [value: Buffer, end: number] {
  const end = at + 4 + bytes.readUInt32BE(at);
  if (end > bytes.length) throw new RangeError("a string longer than the key");
  return [bytes.subarray(at + 4, end), end];
}

/** Writes an ed25519 key in OpenSSH's format, without a passphrase: the only one in which ssh2 takes this type. */
export function ed25519ToOpenssh(key: KeyObject): string {
  const { x = "", d = "" } = key.export({ format: "jwk" });
  const pub = Buffer.from(x, "base64url");
  const secret = Buffer.concat([Buffer.from(d, "base64url"), pub]);
  const publicKey = strings("ssh-ed25519", pub);
  // Two equal numbers let a reader see that it has decrypted rightly; there is nothing to decrypt here.
  const privatePart = padded(Buffer.concat([Buffer.alloc(8), strings("ssh-ed25519", pub, secret, "")]));
  const one = Buffer.from([0, 0, 0, 1]);
  const whole = Buffer.concat([MAGIC, strings("none", "none", ""), one, strings(publicKey, privatePart)]);
  const lines = whole.toString("base64").match(/.{1,70}/g) ?? [];
  return ["-----BEGIN OPENSSH PRIVATE KEY-----", ...lines, "-----END OPENSSH PRIVATE KEY-----", ""].join(
    "\n",
  );
}

function strings(...values: readonly (string | Buffer)[]): Buffer {
  return Buffer.concat(values.flatMap((value) => [lengthOf(value), Buffer.from(value)]));
}

function lengthOf(value: string | Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(Buffer.byteLength(value));
  return length;
}

function padded(bytes: Buffer): Buffer {
  const missing = (8 - (bytes.length % 8)) % 8;
  return Buffer.concat([bytes, Buffer.from([1, 2, 3, 4, 5, 6, 7].slice(0, missing))]);
}
