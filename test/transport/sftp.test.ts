import { createHash, randomBytes } from "node:crypto";
import { appendFile, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { connect as connectTcp, type Socket } from "node:net";
import { dirname, join } from "node:path";
import ssh2, { type AuthHandlerMiddleware, type Client, type ConnectConfig, type SFTPWrapper } from "ssh2";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { fileOf, readLocalFile } from "../../src/shell/file.ts";
import { hasSshd, opensshHost, type TestHost } from "../../src/testing/index.ts";
import { noTraffic, type TrafficCounter } from "../../src/transport/connection.ts";
import { loadPrivateKey } from "../../src/transport/keys.ts";
import { type SftpOptions, SftpSender } from "../../src/transport/sftp.ts";
import type { SftpChannel } from "../../src/transport/sftp-channel.ts";
import { eventually } from "../support/rcm.ts";

describe.skipIf(!hasSshd())("files by SFTP", () => {
  let host: TestHost;
  let client: Client;
  let traffic: TrafficCounter;
  let count = 0;
  beforeAll(async () => {
    host = await opensshHost();
  });
  afterAll(async () => await host.stop());
  beforeEach(async () => {
    client = await logIn(host);
    traffic = noTraffic();
    count += 1;
  });
  afterEach(() => void client.destroy());

  const senderOver = (line: Client, options: Partial<SftpOptions> = {}): SftpSender => {
    const lost = new Promise<Error>((resolve) => line.once("close", () => resolve(new Error("it is gone"))));
    return new SftpSender(line, { lost, traffic, roundTrip: 1, ...options });
  };
  const sender = (channels?: number): SftpSender => senderOver(client, channels ? { channels } : {});
  const there = (name: string): string => join(host.dir, `there${count}`, name);

  test("two hundred go at once over one channel, into a folder that only their owner may enter", async () => {
    const sftp = sender();
    const files = Array.from({ length: 200 }, (_, i) => fileOf(randomBytes(i * 613)));
    await Promise.all(files.map((file, i) => sftp.put(file, there(String(i)))));
    expect(traffic.channels).toBe(1);
    expect((await readdir(there("."))).length).toBe(200);
    for (const [i, file] of files.entries()) expect(await hashOf(there(String(i)))).toBe(file.sha256);
    expect((await stat(there("7"))).mode & 0o777).toBe(0o600);
    expect((await stat(there("."))).mode & 0o777).toBe(0o700);
  });

  test("an OpenSSH server is asked to write 128 KiB at a time", async () => {
    const requests: string[] = [];
    watchRequests(client, (type) => requests.push(type));
    await sender().put(fileOf(randomBytes(1_000_000)), there("one"));
    expect(requests).toEqual(["mkdir", "open", ...Array.from({ length: 8 }, () => "write"), "close"]);
  });

  test.each([1, 3])("a big one arrives whole over %i channels", async (channels) => {
    const sftp = sender(channels);
    const path = join(host.dir, `big${count}`);
    await writeFile(path, randomBytes(20_000_001));
    const file = await readLocalFile(path);
    await sftp.put(file, there("big"));
    expect(traffic.channels).toBe(channels);
    expect(await hashOf(there("big"))).toBe(file.sha256);
    expect((await stat(there("big"))).mode & 0o777).toBe(0o600);
  });

  test.each([
    ["stay", false],
    ["go in the middle", true],
  ])("a big one on a long line arrives whole over connections that help and %s", async (_, go) => {
    const path = join(host.dir, `long${count}`);
    await writeFile(path, randomBytes(60_000_001));
    const file = await readLocalFile(path);
    const asked: number[][] = [];
    const helpers: Client[] = [];
    const sending = senderOver(client, { roundTrip: 100 }).put(
      file,
      there("long"),
      (connections, channels) => {
        asked.push([connections, channels]);
        return Array.from({ length: connections }, async () => {
          const helper = await logIn(host);
          helpers.push(helper);
          const [channel] = senderOver(helper).channels(1);
          return (await channel) as SftpChannel;
        });
      },
    );
    if (go) {
      const written = (): number =>
        Math.max(0, ...helpers.map((helper) => (helper as unknown as { _sock: Socket })._sock.bytesWritten));
      let isSent = false;
      void sending.then(() => (isSent = true));
      await eventually(() => isSent || written() > 1_000_000, "a helper is at it");
      for (const helper of helpers) helper.destroy();
    }
    await sending;
    for (const helper of helpers) helper.destroy();
    expect(asked).toEqual([[2, 2]]);
    expect(await hashOf(there("long"))).toBe(file.sha256);
  });

  test("helpers that cannot come are missed by nobody", async () => {
    const path = join(host.dir, `alone${count}`);
    await writeFile(path, randomBytes(40_000_000));
    const file = await readLocalFile(path);
    const none = (): readonly Promise<SftpChannel>[] => [Promise.reject(new Error("too many connections"))];
    await senderOver(client, { roundTrip: 100 }).put(file, there("alone"), none);
    expect(await hashOf(there("alone"))).toBe(file.sha256);
  });

  test.each([
    ["small", 1000],
    ["big", 5_000_000],
  ])("a %s one that was changed after its hash was taken is refused", async (name, size) => {
    const path = join(host.dir, `${name}${count}`);
    await writeFile(path, randomBytes(size));
    const file = await readLocalFile(path);
    await appendFile(path, "more");
    await expect(sender().put(file, there(name))).rejects.toMatchObject({
      code: "step",
      message: expect.stringMatching(/changed after its hash was taken/),
    });
  });

  test("when the line goes in the middle, every one of them is told", async () => {
    const sftp = sender();
    const sending = Array.from({ length: 300 }, (_, i) =>
      sftp.put(fileOf(randomBytes(200_000)), there(String(i))),
    );
    const outcomes = Promise.allSettled(sending);
    await eventually(async () => (await readdir(there(".")).catch(() => [])).length > 0, "some have arrived");
    host.dropConnections();
    const failed = (await outcomes).filter(({ status }) => status === "rejected");
    expect(failed.length).toBeGreaterThan(0);
  });

  test("what stands in the way on the host is named", async () => {
    await mkdir(there("directory"), { recursive: true });
    await expect(sender().put(fileOf("x"), there("directory"))).rejects.toThrow(
      `Cannot write "${there("directory")}" on the host`,
    );
    const lost = join("/proc/none", "file");
    await expect(sender().put(fileOf("x"), lost)).rejects.toThrow(
      `Cannot make the folder "${dirname(lost)}" on the host`,
    );
  });
});

async function logIn({ address, port, user, privateKey }: TestHost): Promise<Client> {
  const client = new ssh2.Client();
  const key = await loadPrivateKey(privateKey);
  await new Promise((resolve, reject) => {
    client.once("ready", () => resolve(undefined)).on("error", reject);
    client.connect({
      sock: connectTcp({ host: address, port, noDelay: true }),
      username: user,
      authHandler: [{ type: "publickey", username: user, key }] as unknown as AuthHandlerMiddleware,
    } as ConnectConfig);
  });
  return client;
}

/** Tells of what is asked of the server by the channels that are opened from now on. */
function watchRequests(client: Client, tell: (type: string) => void): void {
  const open = client.sftp.bind(client) as (
    done: (error: Error | undefined, sftp: SFTPWrapper) => void,
  ) => Client;
  client.sftp = ((done: (error: Error | undefined, sftp: SFTPWrapper) => void) =>
    open((error, sftp) => {
      for (const type of error ? [] : (["mkdir", "open", "write", "close"] as const)) {
        const ask = sftp[type].bind(sftp) as (...words: unknown[]) => void;
        const asked = (...words: unknown[]): void => {
          tell(type);
          ask(...words);
        };
        Object.assign(sftp, { [type]: asked });
      }
      done(error, sftp);
    })) as Client["sftp"];
}

async function hashOf(path: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(path))
    .digest("hex");
}
