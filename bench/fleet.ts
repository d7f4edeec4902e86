/**
 * Many SSH hosts in one process, for `bench/scale.ts`: each has an address of its own in 127.0.0.0/8 and a folder, and
 * runs what it is told in a real shell. Prints a line of JSON that says how to reach them; ends with its standard input.
 *
 *     jiti bench/fleet.ts HOSTS
 *
 * The process and its shells yield to all others: real hosts have processors of their own, and do not keep rcm from
 * its one.
 */
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { constants, setPriority, userInfo } from "node:os";
import { join } from "node:path";
import ssh2 from "ssh2";
import { serveConnection } from "../src/testing/embedded-connection.ts";
import { makeHostFiles, removeHostFiles } from "../src/testing/host-files.ts";
import { publicLine } from "../src/testing/make-key.ts";

/** What the fleet says of itself. */
export interface FleetCard {
  readonly port: number;
  readonly user: string;
  readonly privateKey: string;
  readonly knownHosts: string;
  /** In the order of their numbers. */
  readonly hosts: ReadonlyArray<{ readonly name: string; readonly address: string; readonly dir: string }>;
}

setPriority(constants.priority.PRIORITY_LOW);
const files = makeHostFiles({});
/** Linux weighs whole sessions against each other, and each of these shells begins one. */
const shell = join(files.base, "shell");
writeFileSync(shell, '#!/bin/sh\n{ echo 19 >/proc/self/autogroup; } 2>/dev/null\nexec /bin/sh "$@"\n', {
  mode: 0o755,
});
const { username } = userInfo();
const authorizedKeys = readFileSync(files.authorizedKeys, "utf8");
const hostKey = readFileSync(files.hostKey, "utf8");
const hosts = Array.from({ length: Number(process.argv[2] ?? 50) }, (_, i) => {
  const dir = join(files.base, `host${i}`);
  mkdirSync(dir);
  return { name: `host${i}`, address: `127.1.${i >> 8}.${i & 255}`, dir };
});
const dirs = new Map(hosts.map(({ address, dir }) => [address, dir]));
/** By the client's port, the address that it came to. */
const cameTo = new Map<string, string>();

const server = new ssh2.Server(
  { hostKeys: [hostKey], ident: "rcm_fleet" },
  (client, { ip, port, header }) => {
    const dir = dirs.get(cameTo.get(`${ip}:${port}`) ?? "") ?? files.dir;
    serveConnection({
      client,
      account: { user: username, authorizedKeys },
      files: { ...files, dir },
      options: { loginShell: shell },
      clientSoftware: header.versions.software,
      say: () => undefined,
      record: () => undefined,
      drop: () => undefined,
    });
  },
);

let port = 0;
for (const { address } of hosts) {
  const listener = createServer({ noDelay: true }, (socket) => {
    cameTo.set(`${socket.remoteAddress}:${socket.remotePort}`, address);
    server.injectSocket(socket);
  });
  listener.listen({ port, host: address, backlog: 16 });
  await once(listener, "listening");
  port = (listener.address() as AddressInfo).port;
}
writeFileSync(files.knownHosts, `[127.1.*]:${port} ${publicLine(hostKey)}\n`);
const { privateKey, knownHosts } = files;
const card: FleetCard = { port, user: username, privateKey, knownHosts, hosts };
process.stdout.write(`${JSON.stringify(card)}\n`);
process.stdin.resume().once("end", () => {
  removeHostFiles(files);
  process.exit(0);
});
