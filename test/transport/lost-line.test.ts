import { stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readLocalFile } from "../../src/shell/file.ts";
import { sshHost, type TestHost } from "../../src/testing/index.ts";
import { type Connection, noTraffic } from "../../src/transport/connection.ts";
import { loadPrivateKey } from "../../src/transport/keys.ts";
import { readKnownHosts } from "../../src/transport/known-hosts.ts";
import { sendThroughShell } from "../../src/transport/send.ts";
import { connectSsh } from "../../src/transport/ssh.ts";
import { eventually } from "../support/rcm.ts";

const UNREACHABLE = { name: "RcmError", code: "unreachable" };

test("whatever is asked of a line that is gone fails as unreachable", async () => {
  await using host = await sshHost();
  const connection = await connect(host);
  const file = await bigFile(host);
  host.dropConnections();
  await connection.lost;
  await expect(connection.open("exec true")).rejects.toMatchObject(UNREACHABLE);
  await expect(connection.put(file, join(host.dir, "there"))).rejects.toMatchObject(UNREACHABLE);
  await expect(connection.forward("127.0.0.1", 1)).rejects.toMatchObject(UNREACHABLE);
});

test.each([
  ["SFTP", (connection: Connection) => connection.put.bind(connection)],
  [
    "a shell",
    (connection: Connection) => (file: Awaited<ReturnType<typeof bigFile>>, path: string) =>
      sendThroughShell(connection, file, path, { shell: "/bin/sh", become: undefined }),
  ],
])("a line that goes while a file is sent by %s fails as unreachable", async (_name, sender) => {
  await using host = await sshHost();
  const connection = await connect(host);
  const file = await bigFile(host);
  const path = join(host.dir, "there");
  const failed = expect(sender(connection)(file, path)).rejects.toMatchObject(UNREACHABLE);
  await eventually(async () => (await sizeOf(path)) > 0, "the first bytes have arrived");
  host.dropConnections();
  await failed;
  expect(await sizeOf(path)).toBeLessThan(file.size);
});

async function connect({ address, port, user, privateKey, knownHosts }: TestHost): Promise<Connection> {
  return await connectSsh(
    {
      address,
      port,
      user,
      password: undefined,
      keys: [await loadPrivateKey(privateKey)],
      agent: undefined,
      unusable: [],
      shell: "/bin/sh",
      hostKeys: { known: await readKnownHosts([knownHosts]), checking: "strict", file: knownHosts },
      connectTimeout: 10_000,
      authTimeout: 10_000,
    },
    noTraffic(),
  );
}

async function bigFile(host: TestHost): ReturnType<typeof readLocalFile> {
  const path = join(host.dir, "big");
  await writeFile(path, "");
  await truncate(path, 256 * 1024 * 1024);
  return await readLocalFile(path);
}

async function sizeOf(path: string): Promise<number> {
  return await stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
