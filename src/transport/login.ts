import type { Socket } from "node:net";
import type { AuthHandlerMiddleware, Client, ConnectConfig } from "ssh2";
import { deferred } from "../util/deferred.ts";
import { ignoreAnnouncedKeys } from "./announced-keys.ts";
import { authMethods, authRefused, type Credentials } from "./auth.ts";
import { HeadStart } from "./head-start.ts";
import type { HostKeyJudge } from "./host-key.ts";
import { insideOf } from "./inside.ts";
import { signAtOnce } from "./sign-at-once.ts";
import { authSlow, dropped, silent, unreachable } from "./trouble.ts";

/** Whom to log in to, and how long it may take. */
export interface LoginTarget extends Credentials {
  readonly port: number;
  /** Milliseconds until the host must have answered and agreed on keys. */
  readonly connectTimeout: number;
  /** Milliseconds that logging in may take after that. */
  readonly authTimeout: number;
}

/** A login that is under way. */
export interface Login {
  /** Settles when keys are agreed on, and the host's has been verified. */
  readonly shaken: Promise<void>;
  /** Settles when the user is logged in. */
  readonly done: Promise<void>;
  /** What can be sent before that; undefined where nothing can. */
  readonly headStart: HeadStart | undefined;
}

/** Seconds of silence × 3 after which a line counts as dead. */
const KEEPALIVE_MS = 15_000;

/**
 * Shakes hands over an open socket, and logs in. Both promises reject with an RcmError whose code is `unreachable`,
 * `host-key` or `auth`.
 *
 * @param budget milliseconds that are left for the handshake
 */
export function logIn(
  client: Client,
  socket: Socket,
  target: LoginTarget,
  judge: HostKeyJudge,
  budget: number,
): Login {
  const shaken = deferred<void>();
  const ready = deferred<void>();
  const { address, port, user, authTimeout, keys } = target;
  const fail = (error: Error): void => {
    shaken.reject(error);
    ready.reject(error);
  };
  let shook = false;
  let timer = setTimeout(() => fail(silent(address, port, target.connectTimeout)), budget);
  client.once("handshake", () => {
    shook = true;
    clearTimeout(timer);
    timer = setTimeout(() => fail(authSlow(target)), authTimeout);
    shaken.resolve();
  });
  client.once("ready", ready.resolve);
  client.on("error", (cause: Error & { level?: string }) => {
    if (judge.refusal) fail(judge.refusal);
    else if (cause.level === "client-authentication") fail(authRefused(target));
    else fail(unreachable(address, port, cause));
  });
  client.once("close", () => fail(judge.refusal ?? dropped(address, port, shook)));
  const done = ready.promise.then(() => judge.remember()).finally(() => clearTimeout(timer));
  for (const promise of [shaken.promise, done]) promise.catch(() => undefined); // whoever waits is told
  client.connect({
    sock: socket,
    username: user,
    readyTimeout: 0, // the budgets above are ours
    keepaliveInterval: KEEPALIVE_MS,
    keepaliveCountMax: 3,
    authHandler: authMethods(target) as unknown as AuthHandlerMiddleware,
    hostVerifier: judge.verify,
    algorithms: { serverHostKey: judge.algorithms },
  } as ConnectConfig);
  const inside = insideOf(client);
  if (inside) {
    signAtOnce(inside);
    ignoreAnnouncedKeys(inside);
  }
  const headStart = inside && keys[0] && new HeadStart(client, inside, done, user, keys[0]);
  return { shaken: shaken.promise, done, headStart };
}
