import { connect as connectTcp, createServer, type Socket } from "node:net";
import ssh2 from "ssh2";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { embeddedHost, hasSshd, opensshHost, type TestHost } from "../../src/testing/index.ts";
import { type Connection, noTraffic } from "../../src/transport/connection.ts";
import { insideOf } from "../../src/transport/inside.ts";
import { loadPrivateKey } from "../../src/transport/keys.ts";
import { readKnownHosts } from "../../src/transport/known-hosts.ts";
import type { Answer } from "../../src/transport/request.ts";
import { Session } from "../../src/transport/session.ts";
import { connectSsh } from "../../src/transport/ssh.ts";

describe.skipIf(!hasSshd())("OpenSSH", () => {
  let host: TestHost;
  let stranger: TestHost;
  beforeAll(async () => {
    host = await opensshHost();
    stranger = await opensshHost();
  });
  afterAll(async () => await Promise.all([host.stop(), stranger.stop()]));

  test("login, session and script go out without waiting for any answer", async () => {
    await using line = await heldLine(host.port);
    const connection = await connect(host, [host.privateKey], line.port);
    line.hold();
    const before = line.sent();
    const running = run(connection, `: ${"x".repeat(50_000)}; echo done`);
    await line.hasSent(before + 50_000);
    line.letGo();
    expect(await running).toEqual({ exitCode: 0, stdout: "done\n" });
    expect(connection.traffic).toMatchObject({ channels: 1, roundTrips: 1 });
    connection.close();
  });

  test("more than is sent ahead follows when the channel is there", async () => {
    const connection = await connect(host, [host.privateKey]);
    const text = "0123456789".repeat(350_000);
    const { stdout } = await run(connection, `echo ${text} | tail -c 11; echo ${text} | wc -c`);
    expect(stdout.split("\n").map(Number)).toEqual([123456789, 3_500_001, 0]);
    connection.close();
  });

  test("a first key that is refused costs nothing but time: all of it is done once, with the next one", async () => {
    const connection = await connect(host, [stranger.privateKey, host.privateKey]);
    const { stdout } = await run(
      connection,
      `echo once: ${"y".repeat(300_000)} | wc -c; echo $SSH_CONNECTION`,
    );
    expect(stdout).toMatch(/^300007\n/);
    await connection.ready;
    const again = await Session.open(connection, { shell: "/bin/sh", files: "/none", become: undefined });
    expect((await again.run({ body: "exit 3", output: () => undefined })).exitCode).toBe(3);
    connection.close();
  });

  test("the host keys that the server announces are not asked about", async () => {
    await using talkative = await opensshHost({ sshdOptions: { LogLevel: "DEBUG3" } });
    const connection = await connect(talkative, [talkative.privateKey]);
    await connection.ready;
    expect(await run(connection, "echo done")).toEqual({ exitCode: 0, stdout: "done\n" });
    expect(talkative.log()).toMatch(/sent 1 hostkeys/);
    expect(talkative.log()).not.toContain("hostkeys-prove");
    connection.close();
  });

  test("when no key will do, all that was begun fails for that reason", async () => {
    const connection = await connect(host, [stranger.privateKey]);
    const refused = { code: "auth" };
    const running = run(connection, "echo never");
    await expect(connection.ready).rejects.toMatchObject(refused);
    await expect(running).rejects.toThrow();
    expect(await connection.lost).toMatchObject(refused);
    await expect(connection.open("exec true")).rejects.toMatchObject(refused);
  });
});

test("a server that is not known to bear it is waited for", async () => {
  await using host = await embeddedHost();
  const connection = await connect(host, [host.privateKey]);
  let isReady = false;
  void connection.ready.then(() => {
    isReady = true;
  });
  await Promise.resolve();
  expect(isReady).toBe(true);
  expect(await run(connection, "echo done")).toEqual({ exitCode: 0, stdout: "done\n" });
  connection.close();
});

test("the inside of ssh2 is as it is used here; another one is left alone", () => {
  const client = new ssh2.Client();
  client.on("error", () => undefined).connect({ sock: connectTcp(1, "127.0.0.1"), username: "nobody" });
  expect(insideOf(client)).toBeDefined();
  client.destroy();
  expect(insideOf({ _protocol: { service: () => undefined } } as unknown as ssh2.Client)).toBeUndefined();
  expect(insideOf({} as ssh2.Client)).toBeUndefined();
});

async function connect(host: TestHost, keys: readonly string[], port = host.port): Promise<Connection> {
  const known = await readKnownHosts([host.knownHosts]);
  return await connectSsh(
    {
      address: host.address,
      port,
      user: host.user,
      password: undefined,
      keys: await Promise.all(keys.map((key) => loadPrivateKey(key))),
      agent: undefined,
      unusable: [],
      shell: "/bin/sh",
      hostKeys: { known, checking: port === host.port ? "strict" : "off", file: host.knownHosts },
      connectTimeout: 10_000,
      authTimeout: 10_000,
    },
    noTraffic(),
  );
}

async function run(
  connection: Connection,
  body: string,
): Promise<Pick<Answer, "exitCode"> & { stdout: string }> {
  const session = await Session.open(connection, { shell: "/bin/sh", files: "/none", become: undefined });
  let stdout = "";
  const output = (stream: string, data: Buffer): void => {
    if (stream === "stdout") stdout += data.toString();
  };
  const { exitCode } = await session.run({ body, output });
  return { exitCode, stdout };
}

interface HeldLine extends AsyncDisposable {
  readonly port: number;
  /** Bytes that went to the host. */
  sent(): number;
  hasSent(bytes: number): Promise<void>;
  /** From now on nothing comes back from the host. */
  hold(): void;
  letGo(): void;
}

/** A line to a port of this machine on which the host's answers can be held back. */
async function heldLine(target: number): Promise<HeldLine> {
  let sent = 0;
  let isHeld = false;
  let back: { readonly from: Socket; readonly to: Socket } | undefined;
  const kept: Buffer[] = [];
  const waiting: Array<() => void> = [];
  const server = createServer((socket) => {
    const upstream = connectTcp(target, "127.0.0.1");
    back = { from: upstream, to: socket };
    socket.on("data", (data) => {
      sent += data.length;
      upstream.write(data);
      for (const check of waiting) check();
    });
    upstream.on("data", (data: Buffer) => {
      if (isHeld) kept.push(data);
      else socket.write(data);
    });
    for (const [one, other] of [
      [socket, upstream],
      [upstream, socket],
    ] as const)
      one.on("error", () => undefined).on("close", () => other.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as { port: number }).port,
    sent: () => sent,
    hasSent: (bytes) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (sent >= bytes) resolve();
        };
        waiting.push(check);
        check();
      }),
    hold: () => {
      isHeld = true;
    },
    letGo: () => {
      isHeld = false;
      for (const data of kept) back?.to.write(data);
    },
    [Symbol.asyncDispose]: async () => {
      back?.from.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
