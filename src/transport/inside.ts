import type { Client, ParsedKey } from "ssh2";

type Signer = (data: Buffer, done: (signature: Buffer) => void) => void;

/**
 * What is used of ssh2's inside, none of which it promises: that is why its version is pinned, why {@link insideOf}
 * looks before anything is touched, and why whatever stands on it has a way to go without.
 */
export interface Inside {
  service(name: string): void;
  authPK(user: string, key: ParsedKey, algorithm?: string, sign?: Signer): void;
  exec(channel: number, command: string, wantReply: boolean): void;
  channelData(channel: number, data: Buffer): void;
  readonly _handlers: {
    USERAUTH_FAILURE: (...words: never[]) => void;
    GLOBAL_REQUEST: (protocol: unknown, name: string, wantsReply: boolean, data: unknown) => void;
  };
}

/** The protocol of a client that is connecting; undefined when it is not as we know it. */
export function insideOf(client: Client): Inside | undefined {
  const inside = (client as unknown as { readonly _protocol?: Partial<Inside> })._protocol;
  const methods = [
    inside?.service,
    inside?.authPK,
    inside?.exec,
    inside?.channelData,
    inside?._handlers?.USERAUTH_FAILURE,
    inside?._handlers?.GLOBAL_REQUEST,
  ];
  return methods.every((method) => typeof method === "function") ? (inside as Inside) : undefined;
}

/** What the server calls itself, such as `OpenSSH_9.2p1`; known once keys are being exchanged. */
export function serverName(client: Client): string {
  return String((client as unknown as { readonly _remoteVer?: string })._remoteVer ?? "");
}
