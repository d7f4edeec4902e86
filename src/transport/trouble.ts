import { messageOf, RcmError } from "../errors.ts";

/** Whom a connection is to. */
interface Target {
  readonly address: string;
  readonly user: string;
  readonly authTimeout: number;
}

const REASONS: Readonly<Record<string, readonly [string, string]>> = {
  ECONNREFUSED: ["nothing listens there", "check the port, and that sshd runs"],
  EHOSTUNREACH: ["no route to the host", "check the address and the network"],
  ENETUNREACH: ["the network is unreachable", "check the address and the network"],
  ENOTFOUND: ["the name is not known", "check its spelling, or set ansible_host to an address"],
  EAI_AGAIN: ["the name could not be looked up", "check the name server"],
  ETIMEDOUT: ["it does not answer", "check the address, the port and firewalls"],
  ECONNRESET: ["it closed the connection", "look into the log of its sshd"],
};

/** The host cannot be connected to. */
export function unreachable(address: string, port: number, cause: NodeJS.ErrnoException): RcmError {
  const [reason, hint] = REASONS[cause.code ?? ""] ?? [messageOf(cause), undefined];
  return new RcmError(`Cannot connect to ${address} port ${port}: ${reason}`, {
    code: "unreachable",
    hint,
    cause,
  });
}

/** The host did not answer in time. */
export function silent(address: string, port: number, budget: number): RcmError {
  return new RcmError(`Cannot connect to ${address} port ${port}: no answer within ${budget / 1000} s`, {
    code: "unreachable",
    hint: "check the address and firewalls, or allow more time with -T SECONDS",
  });
}

/** The login took too long. */
export function authSlow({ address, user, authTimeout }: Target): RcmError {
  return new RcmError(`Cannot log in to ${address} as "${user}": no answer within ${authTimeout / 1000} s`, {
    code: "auth",
    hint: "name lookups or PAM on the host may hang; look into the log of its sshd",
  });
}

/** The host closed the connection before the login was through. */
export function dropped(address: string, port: number, shook: boolean): RcmError {
  return new RcmError(
    `Cannot connect to ${address} port ${port}: it closed the connection during the ${shook ? "login" : "handshake"}`,
    {
      code: "unreachable",
      hint: "sshd does so when too many log in at once (MaxStartups) or after failed logins (PerSourcePenalties)",
    },
  );
}

/** The connection was up, and is gone. */
export function lineLost({ address }: Target, reason: Error | undefined): RcmError {
  return new RcmError(`The connection to ${address} was lost${reason ? `: ${reason.message}` : ""}`, {
    code: "unreachable",
    cause: reason,
  });
}

/** The host may not be asked for connections. */
export function forwardingForbidden(): RcmError {
  return new RcmError("Cannot connect to a port from the host: its sshd forbids TCP forwarding", {
    code: "step",
    hint: "set `AllowTcpForwarding local` there",
  });
}

/** What the folder of a file was to be in is not there. */
export class NoPlace extends RcmError {}

/** No TCP connection could be opened from the host. */
export class NoAnswer extends Error {}

/** The same, with the reason as far as it was told. */
export function noAnswer(address: string, port: number, cause: unknown): NoAnswer {
  const { code = "" } = cause as { code?: string | number };
  const why = REASONS[code]?.[0] ?? messageOf(cause).replace(/^\(SSH\) Channel open failure: /, "");
  return new NoAnswer(`no connection from the host to ${address} port ${port}: ${why}`, { cause });
}
