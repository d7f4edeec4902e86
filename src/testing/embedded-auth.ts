import type ssh2 from "ssh2";
import { parseKey } from "./make-key.ts";

/** Who may log into an embedded host. */
export interface Account {
  readonly user: string;
  /** Public keys, one a line. */
  readonly authorizedKeys: string;
  readonly password?: string | undefined;
}

/** Decides on one attempt to log in, and words it as sshd's log does. */
export function judgeLogin(attempt: ssh2.AuthContext, account: Account): { allowed: boolean; what: string } {
  const allowed = attempt.username === account.user && isProven(attempt, account);
  // Asking whether a key would do is not yet a login.
  const asked = attempt.method === "publickey" && !attempt.signature;
  const verdict = allowed ? (asked ? "Would accept" : "Accepted") : "Failed";
  return { allowed, what: `${verdict} ${attempt.method} for ${attempt.username}` };
}

function isProven(attempt: ssh2.AuthContext, account: Account): boolean {
  if (attempt.method === "password")
    return account.password !== undefined && attempt.password === account.password;
  return attempt.method === "publickey" && isOwnKey(attempt, account);
}

function isOwnKey({ key, signature, blob, hashAlgo }: ssh2.PublicKeyAuthContext, account: Account): boolean {
  const authorized = account.authorizedKeys
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map(parseKey)
    .find((candidate) => candidate.getPublicSSH().equals(key.data));
  if (!authorized) return false;
  if (!signature || !blob) return true;
  // ssh2 answers an unusable signature with an Error, which is true.
  return authorized.verify(blob, signature, hashAlgo) === true;
}
