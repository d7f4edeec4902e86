import type { ParsedKey } from "ssh2";
import type { Inside } from "./inside.ts";

/** ssh2's private keys can sign, given the hash that RSA is to use. */
interface SigningKey extends ParsedKey {
  sign(data: Buffer, hash?: string): Buffer;
}

/**
 * Sends a key with its signature at once. ssh2 by itself asks first whether the key would do, which costs a round trip;
 * a refused key counts the same for the server either way. Keys of an agent, which cannot sign in place, are asked for
 * as before.
 */
export function signAtOnce(inside: Inside): void {
  const ask = inside.authPK.bind(inside);
  inside.authPK = (user, key, algorithm, sign) => {
    if (sign || !isPrivate(key)) return ask(user, key, algorithm, sign);
    signedRequest(ask, user, key, algorithm);
  };
}

function signedRequest(ask: Inside["authPK"], user: string, key: SigningKey, algorithm?: string): void {
  ask(user, key, algorithm, (data, done) => {
    const signature: unknown = key.sign(data, hashOf(algorithm));
    // A key that cannot sign is asked for the usual way, which tells what is wrong with it.
    if (signature instanceof Error) ask(user, key, algorithm);
    else done(signature as Buffer);
  });
}

function isPrivate(key: ParsedKey): key is SigningKey {
  return typeof key.isPrivateKey === "function" && key.isPrivateKey();
}

/** Only RSA has a choice of hashes, and it stands in the algorithm's name: `rsa-sha2-512`. */
function hashOf(algorithm: string | undefined): string | undefined {
  const bits = /^rsa-sha2-(\d+)$/.exec(algorithm ?? "")?.[1];
  return bits && `sha${bits}`;
}
