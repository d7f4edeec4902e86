import type { Inside } from "./inside.ts";

/** What OpenSSH sends after a login: all host keys that it has. */
const ANNOUNCEMENT = "hostkeys-00@openssh.com";

/**
 * Takes no notice of host keys that a server announces: nothing is learned from them here. ssh2 would have the server
 * prove each of them, which takes a round trip, and a signature for each on both sides.
 */
export function ignoreAnnouncedKeys({ _handlers: handlers }: Inside): void {
  const handle = handlers.GLOBAL_REQUEST;
  handlers.GLOBAL_REQUEST = (protocol, name, wantsReply, data) => {
    if (name !== ANNOUNCEMENT || wantsReply) handle(protocol, name, wantsReply, data);
  };
}
