import { createPrivateKey, sign } from "node:crypto";
import type { ParsedKey } from "ssh2";

/** The hash that goes with a kind of key; RSA's is named by whoever asks for a signature. */
const HASHES: Readonly<Record<string, string>> = {
  "ecdsa-sha2-nistp256": "sha256",
  "ecdsa-sha2-nistp384": "sha384",
  "ecdsa-sha2-nistp521": "sha512",
  "ssh-rsa": "sha1",
};

/**
 * Has a private key sign with what OpenSSL made of it once. By itself, ssh2 has its PEM text read anew for each signature,
 * which takes ten times as long as an Ed25519 signature.
 */
export function signQuickly(key: ParsedKey): void {
  const parsed = createPrivateKey(key.getPrivatePEM());
  key.sign = (data, algorithm) => {
    try {
      return sign(algorithm ?? HASHES[key.type], Buffer.from(data), parsed);
    } catch (error) {
      return error as unknown as Buffer; // as ssh2 does: whoever asks looks whether it is an error
    }
  };
}
