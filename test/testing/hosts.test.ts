import { spawn } from "node:child_process";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type ssh2 from "ssh2";
import { describe, expect, test, vi } from "vitest";
import { messageOf } from "../../src/errors.ts";
import { embeddedHost } from "../../src/testing/embedded-host.ts";
import type { Fault } from "../../src/testing/embedded-outlet.ts";
import { makeKey, parseKey, publicLine } from "../../src/testing/make-key.ts";
import { hasSshd, opensshHost } from "../../src/testing/openssh-host.ts";
import { sshHost } from "../../src/testing/ssh-host.ts";
import type { TestHost, TestHostOptions } from "../../src/testing/test-host.ts";
import { call, client, forward, isAlive, type Outcome, outcomeOf, run, sftpOf, start } from "./client.ts";

type Kind = readonly [string, (options?: TestHostOptions) => Promise<TestHost>];

const kinds: readonly Kind[] = [
  ["embedded", embeddedHost],
  ...(hasSshd() ? ([["openssh", opensshHost]] satisfies Kind[]) : []),
];

describe.each(kinds)("commands on an %s host", (kind, makeHost) => {
  test("give their output, errors and exit status", async () => {
    await using host = await makeHost();
    await using ssh = await client(host);
    const { stdout, stderr, code } = await run(ssh, "printf out; printf err >&2; exit 7");
    expect([host.kind, stdout.toString(), stderr, code]).toEqual([kind, "out", "err", 7]);
  });

  test("get their input whole and give it back: 5 MB of any bytes", async () => {
    await using host = await makeHost();
    await using ssh = await client(host);
    const bytes = randomBytes(5_000_000);
    const { stdout, code } = await run(ssh, "cat", bytes);
    expect(code).toBe(0);
    expect(stdout.equals(bytes)).toBe(true);
  });

  test("may fill stdout and stderr at once, far past the window", async () => {
    await using host = await makeHost();
    await using ssh = await client(host);
    const fill = (letter: string) => `head -c 6000000 /dev/zero | tr '\\0' ${letter}`;
    const { stdout, stderr, code } = await run(
      ssh,
      `${fill("e")} >&2 & ${fill("o")}; wait; ${fill("f")} >&2`,
    );
    expect([stdout.length, stderr.length, code]).toEqual([6_000_000, 12_000_000, 0]);
    expect(/^o+$/.test(stdout.toString())).toBe(true);
    expect(/^e+f+$/.test(stderr)).toBe(true);
  });

  test("lose and repeat nothing when nobody reads for a while", async () => {
    await using host = await makeHost();
    await using ssh = await client(host);
    const fill = (letter: string) => `head -c 5000000 /dev/zero | tr '\\0' ${letter}`;
    const channel = await start(ssh, `${fill("o")}; ${fill("e")} >&2; ${fill("p")}`);
    channel.end();
    // Nobody reads, so that the window fills, whatever the other commands do meanwhile.
    for (let n = 0; n < 20; n++) await run(ssh, "true");
    const { stdout, stderr, code } = await outcomeOf(channel);
    expect([stdout.length, stderr.length, code]).toEqual([10_000_000, 5_000_000, 0]);
    expect(/^o+p+$/.test(stdout.toString())).toBe(true);
  });

  test("need not read their input", async () => {
    await using host = await makeHost();
    await using ssh = await client(host);
    expect(await run(ssh, "exit 3", randomBytes(1_000_000))).toMatchObject({ code: 3 });
  });

  test("can die of a signal of their own", async () => {
    await using host = await makeHost();
    await using ssh = await client(host);
    expect(await run(ssh, "kill -9 $$")).toMatchObject({ code: null, signal: "SIGKILL" });
  });

  // sshd signals for unprivileged accounts only: a login as root has no privilege separation.
  test.skipIf(kind === "openssh" && process.getuid?.() === 0)("can be sent a signal", async () => {
    await using host = await makeHost();
    await using ssh = await client(host);
    const channel = await start(ssh, "echo up; exec sleep 600");
    await once(channel, "data");
    const outcome = outcomeOf(channel);
    channel.signal("TERM");
    expect(await outcome).toMatchObject({ code: null, signal: "SIGTERM" });
  });

  test("run beside each other on one connection", async () => {
    await using host = await makeHost();
    await using ssh = await client(host);
    const outcomes = await Promise.all([1, 2, 3, 4, 5].map((n) => run(ssh, `cat; exit ${n}`, `input ${n}`)));
    expect(outcomes.map(({ stdout, code }) => [stdout.toString(), code])).toEqual(
      [1, 2, 3, 4, 5].map((n) => [`input ${n}`, n]),
    );
  });

  test("have the host's directory as $HOME, and the variables that were asked for", async () => {
    await using host = await makeHost({ env: { GREETING: "hello  world" } });
    await using ssh = await client(host);
    const { stdout } = await run(ssh, 'printf "%s|%s|%s" "$HOME" "$GREETING" "$USER"');
    expect(stdout.toString()).toBe(`${host.dir}|hello  world|${host.user}`);
  });

  test.runIf(existsSync("/bin/bash"))(
    "go through the login shell that was asked for, and SFTP works",
    async () => {
      await using host = await makeHost({ loginShell: "/bin/bash" });
      await using ssh = await client(host);
      const { stdout } = await run(ssh, 'printf "%s %s" "$BASH" "$SHELL"');
      expect(stdout.toString()).toBe("/bin/bash /bin/bash");
      const sftp = await sftpOf(ssh);
      await call((done) => sftp.mkdir(join(host.dir, "made"), done));
      expect(existsSync(join(host.dir, "made"))).toBe(true);
    },
  );

  test("outlive a dropped connection, but not the host", async () => {
    const host = await makeHost();
    const ssh = await client(host);
    const closed = once(ssh, "close");
    const channel = await start(ssh, "setsid sh -c 'echo $$; exec sleep 600' & wait");
    const [pid] = await once(channel, "data");
    const outcome = outcomeOf(channel);
    host.dropConnections();
    expect(await outcome).toMatchObject({ code: undefined, exited: false });
    await closed;
    expect(isAlive(Number(pid))).toBe(true);
    await host.stop();
    await expect.poll(() => isAlive(Number(pid)), { timeout: 30_000 }).toBe(false);
    expect(existsSync(host.dir)).toBe(false);
  });
});

describe.each(kinds)("files on an %s host", (_kind, makeHost) => {
  test("go up, come down, and are listed, renamed and removed", async () => {
    await using host = await makeHost();
    await using ssh = await client(host);
    const sftp = await sftpOf(ssh);
    const at = (name: string) => join(host.dir, name);
    const bytes = randomBytes(1_000_000);
    writeFileSync(at("local"), bytes);
    await call((done) => sftp.fastPut(at("local"), at("up"), { mode: 0o640 }, done));
    expect(readFileSync(at("up")).equals(bytes)).toBe(true);
    expect((await call<Buffer>((done) => sftp.readFile(at("up"), done))).equals(bytes)).toBe(true);
    await call((done) => sftp.fastGet(at("up"), at("down"), done));
    expect(readFileSync(at("down")).equals(bytes)).toBe(true);
    const stats = await call<ssh2.Stats>((done) => sftp.stat(at("up"), done));
    expect([stats.size, stats.mode & 0o777, stats.isFile()]).toEqual([1_000_000, 0o640, true]);
    await call((done) => sftp.rename(at("up"), at("moved"), done));
    await call((done) => sftp.unlink(at("down"), done));
    const entries = await call<ssh2.FileEntryWithStats[]>((done) => sftp.readdir(host.dir, done));
    expect(entries.map(({ filename }) => filename).sort()).toEqual(["local", "moved"]);
    expect(entries[0]?.longname).toMatch(/^-rw-r/);
  });

  test("change mode, size, times and links; directories come and go", async () => {
    await using host = await makeHost();
    await using ssh = await client(host);
    const sftp = await sftpOf(ssh);
    const at = (name: string) => join(host.dir, name);
    await call((done) => sftp.mkdir(at("d"), { mode: 0o700 }, done));
    await call((done) => sftp.writeFile(at("d/f"), "12345678", done));
    await call((done) => sftp.setstat(at("d/f"), { mode: 0o604, size: 4, atime: 1000, mtime: 2000 }, done));
    const stats = await call<ssh2.Stats>((done) => sftp.stat(at("d/f"), done));
    expect([stats.mode & 0o777, stats.size, stats.atime, stats.mtime]).toEqual([0o604, 4, 1000, 2000]);
    await call((done) => sftp.symlink("f", at("d/link"), done));
    // ssh2 sends the two paths in OpenSSH's order to OpenSSH only.
    expect(await call<string>((done) => sftp.readlink(at("d/link"), done))).toBe("f");
    expect((await call<ssh2.Stats>((done) => sftp.lstat(at("d/link"), done))).isSymbolicLink()).toBe(true);
    expect(await call<string>((done) => sftp.realpath(at("d/link"), done))).toBe(at("d/f"));
    expect(await call<string>((done) => sftp.realpath(at("d/../new"), done))).toBe(at("new"));
    for (const name of ["d/f", "d/link"]) await call((done) => sftp.unlink(at(name), done));
    await call((done) => sftp.rmdir(at("d"), done));
    expect(existsSync(at("d"))).toBe(false);
  });

  test("open exclusively, sync, and replace by posix-rename only", async () => {
    await using host = await makeHost();
    await using ssh = await client(host);
    const sftp = await sftpOf(ssh);
    const at = (name: string) => join(host.dir, name);
    const handle = await call<Buffer>((done) => sftp.open(at("new"), "wx", 0o600, done));
    await call((done) => sftp.write(handle, Buffer.from("new"), 0, 3, 0, done));
    await call((done) => sftp.ext_openssh_fsync(handle, done));
    expect((await call<ssh2.Stats>((done) => sftp.fstat(handle, done))).mode & 0o777).toBe(0o600);
    await call((done) => sftp.close(handle, done));
    writeFileSync(at("old"), "old");
    const failure = (work: Promise<unknown>) => work.catch((error: { code: number }) => error.code);
    expect(await failure(call((done) => sftp.open(at("old"), "wx", done)))).toBe(4);
    expect(await failure(call((done) => sftp.rename(at("new"), at("old"), done)))).toBe(4);
    await call((done) => sftp.ext_openssh_rename(at("new"), at("old"), done));
    expect(readFileSync(at("old"), "utf8")).toBe("new");
    expect(await failure(call((done) => sftp.stat(at("none"), done)))).toBe(2);
  });

  test("are listed whole when there are many", async () => {
    await using host = await makeHost();
    await using ssh = await client(host);
    const sftp = await sftpOf(ssh);
    for (let n = 0; n < 350; n++) writeFileSync(join(host.dir, `file-${n}`), "");
    expect(await call<unknown[]>((done) => sftp.readdir(host.dir, done))).toHaveLength(350);
  });
});

describe.each(kinds)("the line to an %s host", (_kind, makeHost) => {
  test("forwards to another port, both ways", async () => {
    await using host = await makeHost();
    await using ssh = await client(host);
    const echo = createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket)).listen(
      0,
      "127.0.0.1",
    );
    await once(echo, "listening");
    const { port } = echo.address() as AddressInfo;
    const channel = await call<ssh2.ClientChannel>((done) =>
      ssh.forwardOut("127.0.0.1", 0, "127.0.0.1", port, done),
    );
    const bytes = randomBytes(300_000);
    const got: Buffer[] = [];
    channel.on("data", (chunk: Buffer) => got.push(chunk));
    channel.end(bytes);
    await once(channel, "end");
    expect(Buffer.concat(got).equals(bytes)).toBe(true);
    await new Promise((resolve) => echo.close(resolve));
    await expect(forward(ssh, port)).rejects.toThrow("Channel open failure");
  });

  test("is refused to a key that is not the host's, and to another user", async () => {
    await using host = await makeHost();
    const stranger = makeKey();
    await expect(client(host, { privateKey: stranger })).rejects.toThrow(
      "All configured authentication methods failed",
    );
    await expect(client(host, { username: "nobody-here" })).rejects.toThrow("authentication methods failed");
    await host.logged(/(Failed publickey|Invalid user).* nobody-here/);
  });

  test("is refused to the right public key with a signature by another", async () => {
    await using host = await makeHost();
    const right = parseKey(readFileSync(host.privateKey, "utf8"));
    const forged = parseKey(makeKey());
    forged.getPublicSSH = () => right.getPublicSSH();
    const forger = {
      type: "publickey",
      username: host.user,
      key: forged,
    } as unknown as ssh2.PublicKeyAuthMethod;
    await expect(client(host, { authHandler: [forger] })).rejects.toThrow("authentication methods failed");
    await host.logged(/Accepted key|Would accept publickey/);
    expect(host.log()).not.toMatch(/Accepted publickey/);
  });

  test("allows ten sessions, as sshd does", async () => {
    await using host = await makeHost();
    await using ssh = await client(host);
    const channels = await Promise.all(Array.from({ length: 10 }, () => start(ssh, "cat")));
    await expect(start(ssh, "true")).rejects.toThrow("Channel open failure");
    const outcomes = channels.map(outcomeOf);
    for (const channel of channels) channel.end();
    await Promise.all(outcomes);
    // sshd counts a session until it has heard of both ends of its channel.
    await expect.poll(() => run(ssh, "exit 4").catch(() => undefined)).toMatchObject({ code: 4 });
  });

  test("goes down and comes up again with the same port and key", async () => {
    await using host = await makeHost();
    const { port } = host;
    const ssh = await client(host);
    const closed = once(ssh, "close");
    const channel = await start(ssh, "echo $$; exec sleep 600");
    const [pid] = await once(channel, "data");
    await host.down();
    await closed;
    await expect.poll(() => isAlive(Number(pid)), { timeout: 30_000 }).toBe(false);
    await expect(client(host)).rejects.toThrow("ECONNREFUSED");
    await host.up();
    await using again = await client(host);
    expect(host.port).toBe(port);
    expect(await run(again, "exit 5")).toMatchObject({ code: 5 });
  });

  test("has the host key that was asked for", async () => {
    const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const hostKey = String(pair.privateKey.export({ type: "sec1", format: "pem" }));
    await using host = await makeHost({ hostKey });
    await using ssh = await client(host);
    expect(await run(ssh, "exit 6")).toMatchObject({ code: 6 });
    expect(readFileSync(host.knownHosts, "utf8")).toContain(publicLine(hostKey));
  });

  test("stops twice without harm, and leaves nothing behind", async () => {
    const host = await makeHost();
    await host.stop();
    await host.stop();
    expect(existsSync(dirname(host.dir))).toBe(false);
  });
});

describe("an embedded host misbehaves as it was told to:", () => {
  const cases: readonly [Fault, Partial<Outcome>][] = [
    ["noExit", { code: undefined, exited: false, stdout: Buffer.from("12345678") }],
    ["exitThenDrop", { code: 0, exited: true, stdout: Buffer.from("1234") }],
    [{ dropAfter: 3 }, { code: undefined, exited: false, stdout: Buffer.from("123") }],
  ];

  test.each(cases)("%s", async (fault, outcome) => {
    await using host = await embeddedHost({
      fault: (command) => (command.includes("1234") ? fault : undefined),
    });
    await using ssh = await client(host);
    expect(await run(ssh, "exit 2")).toMatchObject({ code: 2 });
    expect(await run(ssh, "printf 12345678")).toMatchObject(outcome);
  });

  test("neverAnswer", async () => {
    await using host = await embeddedHost({ fault: () => "neverAnswer" });
    await using ssh = await client(host);
    const outcome = run(ssh, "echo hello");
    // The host is at work all the same: SFTP goes through, then the line is cut.
    await sftpOf(ssh);
    host.dropConnections();
    expect(await outcome).toMatchObject({ code: undefined, exited: false, stdout: Buffer.alloc(0) });
  });
});

test("an embedded host tells what was asked of it", async () => {
  await using host = await embeddedHost({ password: "open sesame" });
  const withPassword = (password: string) => client(host, { authHandler: ["password"], password });
  await expect(withPassword("wrong")).rejects.toThrow("authentication");
  await using ssh = await withPassword("open sesame");
  await run(ssh, "true");
  await run(ssh, "echo 'two'");
  expect(host.execs).toEqual(["true", "echo 'two'"]);
  expect(host.connections).toBe(2);
  expect(host.log()).toMatch(/Failed password for .*Accepted password for /s);
});

test("an embedded host takes as many sessions as it was told", async () => {
  await using host = await embeddedHost({ maxSessions: 1 });
  await using ssh = await client(host);
  const channel = await start(ssh, "cat");
  await expect(start(ssh, "true")).rejects.toThrow("Channel open failure");
  const outcome = outcomeOf(channel);
  channel.end("x");
  expect((await outcome).stdout.toString()).toBe("x");
});

describe.runIf(hasSshd())("an OpenSSH host", () => {
  test("takes sshd's own options", async () => {
    await using host = await opensshHost({ sshdOptions: { MaxSessions: "1" } });
    await using ssh = await client(host);
    const channel = await start(ssh, "cat");
    await expect(start(ssh, "true")).rejects.toThrow("Channel open failure");
    const outcome = outcomeOf(channel);
    channel.end();
    await outcome;
  });

  test("says what sshd said when it can not start", async () => {
    await expect(opensshHost({ sshdOptions: { NoSuchKeyword: "yes" } })).rejects.toThrow(
      /sshd did not start:\n.*NoSuchKeyword/,
    );
  });

  test.runIf(process.getuid?.() === 0)("lets root's tests log in as another account", async () => {
    const accounts = readFileSync("/etc/passwd", "utf8").split("\n");
    const [user = ""] = accounts.find((line) => /^(?!root:).*:\/bin\/(ba)?sh$/.test(line))?.split(":") ?? [];
    await using host = await opensshHost({ user });
    await using ssh = await client(host);
    const { stdout } = await run(ssh, "id -un; touch ~/mine && ls ~");
    expect(stdout.toString()).toBe(`${user}\nmine\n`);
  });

  test("ends with the process that started it and forgot it", async () => {
    const { child, host } = await abandoned("forget");
    await once(child, "exit");
    await expect(connected(host.port)).rejects.toThrow("ECONNREFUSED");
    expect(existsSync(host.dir)).toBe(false);
  });

  test("ends with the process that started it and was killed", async () => {
    const { child, host } = await abandoned("stay");
    child.kill("SIGKILL");
    // Nobody is left who could tell when sshd is gone.
    await expect.poll(() => connected(host.port).catch(messageOf)).toMatch("ECONNREFUSED");
    rmSync(dirname(host.dir), { recursive: true });
  });
});

test.each(["openssh", "embedded"])(
  "sshHost starts the host that RCM_TEST_SSHD asks for: %s",
  async (kind) => {
    vi.stubEnv("RCM_TEST_SSHD", kind);
    await using host = await sshHost();
    expect(host.kind).toBe(hasSshd() ? kind : "embedded");
    vi.unstubAllEnvs();
  },
);

async function abandoned(how: string) {
  const script = fileURLToPath(new URL("./abandoned-host.ts", import.meta.url));
  const jiti = join(import.meta.dirname, "../../node_modules/.bin/jiti");
  const child = spawn(process.execPath, [jiti, script, how], { stdio: ["pipe", "pipe", "inherit"] });
  const [line] = await once(child.stdout, "data");
  return { child, host: JSON.parse(String(line)) as { readonly port: number; readonly dir: string } };
}

async function connected(port: number): Promise<void> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  socket.destroy();
}
