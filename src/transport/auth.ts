import type { AnyAuthMethod, ParsedKey } from "ssh2";
import { RcmError } from "../errors.ts";

/** What a user can prove who they are with. */
export interface Credentials {
  readonly user: string;
  readonly address: string;
  /** Private keys, the one to be tried first in front. */
  readonly keys: readonly ParsedKey[];
  /** Path of an agent's socket. */
  readonly agent: string | undefined;
  readonly password: string | undefined;
  /** Keys that were found but cannot be used, and why: told when the login is refused. */
  readonly unusable: readonly string[];
}

/**
 * The methods to try, in this order: keys, agent, password. Never `none`, which costs a round trip, and never a
 * second time: servers punish failed logins.
 */
export function authMethods({ user, keys, agent, password }: Credentials): AnyAuthMethod[] {
  const [first, ...others] = keys;
  const byKey = (key: ParsedKey): AnyAuthMethod =>
    ({ type: "publickey", username: user, key }) as unknown as AnyAuthMethod;
  const withPassword: AnyAuthMethod[] =
    password === undefined
      ? []
      : [
          { type: "password", username: user, password },
          {
            type: "keyboard-interactive",
            username: user,
            // Hosts that ask through PAM ask one hidden question.
            prompt: (_name, _instructions, _language, prompts, finish) => finish(prompts.map(() => password)),
          },
        ];
  return [
    ...(first ? [byKey(first)] : []),
    ...(agent === undefined ? [] : [{ type: "agent", username: user, agent } as AnyAuthMethod]),
    ...others.map(byKey),
    ...withPassword,
  ];
}

/** The error for a login that the host refused, with what was tried. */
export function authRefused({ user, address, keys, agent, password, unusable }: Credentials): RcmError {
  const tried = [
    ...keys.map((key) => `key ${key.comment || key.type}`),
    ...(agent === undefined ? [] : ["the agent"]),
    ...(password === undefined ? [] : ["the password"]),
  ];
  const notTried = unusable.length > 0 ? `; not tried: ${unusable.join(", ")}` : "";
  return new RcmError(
    `Cannot log in to ${address} as "${user}": the host accepts none of ${tried.join(", ") || "nothing (there was nothing to try)"}${notTried}`,
    { code: "auth", hint: "give a key with --private-key, another user with -u, or a password with -k" },
  );
}
