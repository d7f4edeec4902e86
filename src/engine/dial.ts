import { homedir } from "node:os";
import { join } from "node:path";
import { messageOf, RcmError } from "../errors.ts";
import type { Host } from "../inventory/model.ts";
import type { Connection, TrafficCounter } from "../transport/connection.ts";
import { EarlySockets } from "../transport/early-sockets.ts";
import type { PrivateKey } from "../transport/keys.ts";
import { type KnownHosts, readKnownHosts } from "../transport/known-hosts.ts";
import { Semaphore } from "../util/semaphore.ts";

// ssh2 takes long to load: what needs it is imported when there is a host to reach by it.

/** Opens a line to a host. */
export type Dial = (host: Host, traffic: TrafficCounter) => Promise<Connection>;

/** What holds for all connections of a run. */
export interface DialOptions {
  /** Milliseconds until a host must have answered. */
  readonly connectTimeout: number;
  /** Milliseconds that logging in may take after that. */
  readonly authTimeout: number;
  /** How many connections may be in the making at once. */
  readonly handshakes: number;
  /** Asks for the passphrase of an encrypted key; undefined where nobody can be asked. */
  readonly askPassphrase: ((path: string) => Promise<string>) | undefined;
  readonly env: NodeJS.ProcessEnv;
  /** Hosts that will be connected to at once, and when none of them will be any more. */
  readonly first?: { readonly hosts: readonly Host[]; readonly over: AbortSignal };
}

/** sshd's own limit for unauthenticated connections begins to drop some at 10; hosts are many, a bastion is one. */
export const DEFAULT_HANDSHAKES = 32;

/**
 * Prepares connections to these hosts: reads keys, asking for passphrases now and once, and known_hosts files.
 *
 * @throws RcmError with code `auth` for a key that was named and cannot be used
 */
export async function prepareDial(hosts: readonly Host[], options: DialOptions): Promise<Dial> {
  const remote = hosts.filter((host) => host.connection.type === "ssh");
  const early = openEarly(options);
  const named = await namedKeys(remote, options);
  const isUsualWanted = remote.some(({ connection }) => connection.privateKey === undefined);
  const usual = isUsualWanted ? await usualKeys() : { keys: [], unusable: [] };
  const known = await knownHostsOf(remote);
  const handshakes = new Semaphore(options.handshakes);
  return async (host, traffic) => {
    const { connection } = host;
    if (connection.type === "local") return (await import("../transport/local.ts")).connectLocal(traffic);
    const key = connection.privateKey === undefined ? undefined : named.get(connection.privateKey);
    const files = knownHostFiles(connection.knownHosts);
    const { connectSsh } = await import("../transport/ssh.ts");
    return await handshakes.use(() => {
      const connecting = connectSsh(
        {
          address: connection.address,
          port: connection.port,
          user: connection.user,
          password: connection.password,
          keys: key ? [key] : usual.keys,
          unusable: key ? [] : usual.unusable,
          agent: options.env.SSH_AUTH_SOCK || undefined,
          shell: connection.shell,
          socket: early?.take(host.name),
          connectTimeout: options.connectTimeout,
          authTimeout: options.authTimeout,
          hostKeys: {
            known: known.get(files.join("\0")) as KnownHosts,
            checking: connection.hostKeyChecking ?? "strict",
            file: files[0] as string,
          },
        },
        traffic,
      );
      void traffic.times.during("connect", admitted(connecting));
      return connecting;
    });
  };
}

/** Nothing is said over these sockets before keys and known hosts have been read. */
function openEarly({ first, handshakes, connectTimeout }: DialOptions): EarlySockets | undefined {
  if (!first) return undefined;
  const early = new EarlySockets(first.over);
  const remote = first.hosts.filter(({ connection }) => connection.type === "ssh");
  for (const { name, connection } of remote.slice(0, handshakes))
    early.open(name, { address: connection.address, port: connection.port, connectTimeout });
  return early;
}

/** Settles when the login is through, or failed. */
async function admitted(connecting: Promise<Connection>): Promise<void> {
  await connecting.then(({ ready }) => ready).catch(() => undefined); // who uses the connection is told
}

/** Keys that inventory or command line name: each is read once, and must be usable. */
async function namedKeys(
  hosts: readonly Host[],
  { askPassphrase }: DialOptions,
): Promise<ReadonlyMap<string, PrivateKey>> {
  const paths = new Set(hosts.map((host) => host.connection.privateKey).filter((path) => path !== undefined));
  const keys = new Map<string, PrivateKey>();
  for (const path of paths) keys.set(path, await loadAsking(path, askPassphrase));
  return keys;
}

async function loadAsking(path: string, ask: DialOptions["askPassphrase"]): Promise<PrivateKey> {
  const { loadPrivateKey } = await import("../transport/keys.ts");
  try {
    return await loadPrivateKey(path);
  } catch (error) {
    if (!(error instanceof RcmError) || !/passphrase/.test(error.message)) throw error;
    if (!ask) throw error;
    return await loadPrivateKey(path, await ask(path));
  }
}

/** The keys that ssh would try too. One that is encrypted is left out, and told of if the login fails. */
async function usualKeys(): Promise<{
  readonly keys: readonly PrivateKey[];
  readonly unusable: readonly string[];
}> {
  const { defaultKeyPaths, loadPrivateKey } = await import("../transport/keys.ts");
  const keys: PrivateKey[] = [];
  const unusable: string[] = [];
  for (const path of await defaultKeyPaths()) {
    try {
      keys.push(await loadPrivateKey(path));
    } catch (error) {
      unusable.push(messageOf(error));
    }
  }
  return { keys, unusable };
}

async function knownHostsOf(hosts: readonly Host[]): Promise<ReadonlyMap<string, KnownHosts>> {
  const known = new Map<string, KnownHosts>();
  for (const { connection } of hosts) {
    const files = knownHostFiles(connection.knownHosts);
    const key = files.join("\0");
    if (!known.has(key)) known.set(key, await readKnownHosts(files));
  }
  return known;
}

function knownHostFiles(named: string | undefined): readonly string[] {
  return named === undefined ? [join(homedir(), ".ssh", "known_hosts"), "/etc/ssh/ssh_known_hosts"] : [named];
}
