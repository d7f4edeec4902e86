import { once } from "node:events";
import { appendFileSync, renameSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { debug, pause, waitFor } from "../../modules/index.ts";
import type { StepContext } from "../../src/index.ts";
import {
  embeddedHost,
  hasSshd,
  opensshHost,
  runStep,
  runSteps,
  type TestHost,
} from "../../src/testing/index.ts";
import { deferred } from "../../src/util/deferred.ts";
import { stage } from "./stage.ts";

const kinds: ReadonlyArray<readonly [string, () => Promise<TestHost>]> = [
  ["embedded", embeddedHost],
  ...(hasSshd() ? ([["openssh", opensshHost]] as const) : []),
];

async function listening(port = 0): Promise<[Server, number]> {
  const server = createServer((socket) => socket.destroy()).listen(port, "127.0.0.1");
  await once(server, "listening");
  return [server, (server.address() as AddressInfo).port];
}

async function closed(server: Server): Promise<void> {
  server.close();
  await once(server, "close");
}

const quick = { interval: 20, timeout: "5s" };

describe.each(kinds)("wait_for on an %s host", (_kind, start) => {
  const on = stage(start);

  test("a port that listens, by name and by address", async () => {
    const [server, port] = await listening();
    const calls = [
      waitFor({ port }),
      waitFor({ port, host: "127.0.0.1" }),
      waitFor({ port, host: "localhost", delay: 1 }),
    ];
    const results = await runSteps(on.host, calls);
    expect(results.map(({ status, message }) => [status, message.replace(/\d+/, "N")])).toEqual(
      calls.map(() => ["ok", "condition met after N ms"]),
    );
    await closed(server);
  });

  test("a port that listens later, and one that goes", async () => {
    const [first, port] = await listening();
    await closed(first);
    const started = deferred<void>();
    const listen = ({ type }: { readonly type: string }) => type === "step-started" && started.resolve();
    const waiting = runStep(on.host, waitFor({ port, ...quick }), { listen });
    await started.promise;
    const [server] = await listening(port);
    expect(await waiting).toMatchObject({ status: "ok" });
    const going = runStep(on.host, waitFor({ port, state: "absent", ...quick }));
    await closed(server);
    expect(await going).toMatchObject({ status: "ok" });
  });

  test("nobody there: the time-out says so", async () => {
    const [server, port] = await listening();
    await closed(server);
    const { error } = await runStep(on.host, waitFor({ port, timeout: 50, interval: 20 }));
    expect(error).toBe(`timeout waiting for port ${port} of the host after 0.05 s`);
  });

  test("a path, a line in a file, or that they go", async () => {
    const dir = on.dir();
    writeFileSync(`${dir}/log`, "starting\nready: 5\n");
    const at = `${dir}/log`;
    const results = await runSteps(on.host, [
      waitFor({ path: at }),
      waitFor({ path: at, search: "^ready: [0-9]+$" }),
      waitFor({ path: at, search: "steady", state: "absent" }),
      waitFor({ path: `${at}x`, state: "absent" }),
      waitFor({ path: `${at}x`, search: "x", state: "absent" }),
      waitFor({ path: at, search: "stopped", timeout: 20, interval: 10 }),
      waitFor({ path: at, state: "absent", timeout: 20, interval: 10 }),
      waitFor({ path: `${at}x`, timeout: 0 }),
      waitFor({ path: dir, search: "x" }),
    ]);
    expect(results.map(({ status, error }) => error ?? status)).toEqual([
      ...["ok", "ok", "ok", "ok", "ok"],
      `timeout waiting for /stopped/ in ${at} after 0.02 s`,
      `timeout waiting for ${at} to go after 0.02 s`,
      `timeout waiting for ${at}x after 0 s`,
      expect.stringMatching(/^cannot look for it: grep: .*directory$/i),
    ]);
  });

  test("a file that comes while it waits, and a last look at the end of the time", async () => {
    const dir = on.dir();
    const waiting = runStep(on.host, waitFor({ path: `${dir}/late`, ...quick }));
    const last = runStep(on.host, waitFor({ path: `${dir}/late`, timeout: 1500, interval: "1h" }));
    writeFileSync(`${dir}/late`, "");
    expect([(await waiting).status, (await last).status]).toEqual(["ok", "ok"]);
  });

  test("a line that comes from now on, also after a rotation", async () => {
    const dir = on.dir();
    const at = `${dir}/log`;
    writeFileSync(at, "ready: old\n");
    const wanted = { path: at, search: "^ready", searchFrom: "now", ...quick } as const;
    const late = await runStep(on.host, waitFor({ ...wanted, timeout: 50, message: "it never got ready" }));
    expect(late.error).toBe("it never got ready");
    for (const change of [
      () => appendFileSync(at, "noise\nready: 2\n"),
      () => writeFileSync(at, "ready: 3\n"),
      () => {
        renameSync(at, `${at}.1`);
        writeFileSync(at, "ready: old and longer than it was before\n");
      },
    ]) {
      // The second look is the first one after the beginning was taken.
      const begun = deferred<void>();
      const waiting = runStep(on.host, waitFor({ ...wanted, delay: 1500 }), {
        listen: ({ type }) => type === "step-started" && begun.resolve(),
      });
      await begun.promise;
      await sleep(1000);
      change();
      expect(await waiting).toMatchObject({
        status: "ok",
        output: expect.stringMatching(/^ready: (2|3|old and)/),
      });
    }
  });

  test("what a server says first", async () => {
    const server = createServer((socket) => socket.end("220 \0mail ready\r\n")).listen(0, "127.0.0.1");
    const silent = createServer(() => undefined).listen(0, "127.0.0.1");
    await Promise.all([once(server, "listening"), once(silent, "listening")]);
    const [port, quiet] = [server, silent].map((one) => (one.address() as AddressInfo).port);
    const results = await runSteps(on.host, [
      waitFor({ port: port!, search: "^220 .*ready" }),
      waitFor({ port: port!, search: "^500", state: "stopped" }),
      waitFor({ port: port!, search: "^500", timeout: 20, interval: 10 }),
      waitFor({ port: quiet!, search: "x", timeout: 20, interval: 10, connectTimeout: 300 }),
    ]);
    expect(results.map(({ error, status }) => error ?? status)).toEqual([
      ...["ok", "ok"],
      `timeout waiting for /^500/ from port ${port} of the host after 0.02 s`,
      `timeout waiting for /x/ from port ${quiet} of the host after 0.02 s`,
    ]);
    expect(String(results[0]?.output).trim()).toBe("220 mail ready");
    server.close();
    silent.close();
  });

  test.each(["127.0.0.1", "::1"])("connections to %s drain", async (at) => {
    const server = createServer(() => undefined).listen(0, at);
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const states = { activeConnectionStates: ["ESTABLISHED" as const] };
    const drained = { port, state: "drained", ...states } as const;
    const client = connect({ host: at, port });
    await once(client, "connect");
    const results = await runSteps(on.host, [
      waitFor({ ...drained, timeout: 20, interval: 10 }),
      waitFor({ ...drained, host: at, timeout: 20, interval: 10 }),
      waitFor({ ...drained, excludeHosts: [at] }),
      waitFor({ ...drained, host: at === "::1" ? "127.0.0.1" : "::1" }),
      waitFor({ ...drained, activeConnectionStates: ["SYN_SENT"] }),
    ]);
    const late = `timeout waiting for the connections to port ${port} of`;
    expect(results.map(({ error, status }) => error ?? status)).toEqual([
      ...[`${late} the host to end after 0.02 s`, `${late} ${at} to end after 0.02 s`],
      ...["ok", "ok", "ok"],
    ]);
    const waiting = runStep(on.host, waitFor({ ...drained, ...quick }));
    client.destroy();
    expect(await waiting).toMatchObject({ status: "ok" });
    server.close();
  });

  test("the step's own time-out ends it", async () => {
    const { status, error } = await runStep(on.host, waitFor({ path: "/no/such" }), {
      step: { timeout: 60 },
    });
    expect([status, error]).toEqual(["failed", "timed out after 0.06 s"]);
  });

  test("a dry run does not wait", async () => {
    const results = await runSteps(
      on.host,
      [
        waitFor({ port: 1, host: "db" }),
        waitFor({ path: "/a", search: "b", state: "absent" }),
        pause({ duration: "1h" }),
      ],
      { mode: "check" },
    );
    expect(results.map(({ status, message }) => `${status} ${message}`)).toEqual([
      "ok would wait for port 1 of db",
      "ok would wait for /b/ in /a to go",
      "ok would pause for 3600000 ms",
    ]);
  });
});

describe("pause and debug", () => {
  const on = stage();

  test("pause waits, and can be ended", async () => {
    const [short, long] = [pause({ duration: "50ms", message: "why" }), pause({ duration: "1h" })];
    const result = await runStep(on.host, short);
    expect(result.endedAt - result.startedAt).toBeGreaterThanOrEqual(49);
    expect(result).toMatchObject({ status: "ok", message: "paused for 50 ms", output: "why", roundTrips: 0 });
    expect((await runStep(on.host, long, { step: { timeout: 50 } })).error).toBe("timed out after 0.05 s");
  });

  test("debug shows anything there is, in a dry run too", async () => {
    const messages = ["text", { a: [1, null] }, 5, null, "", true];
    // What JSON has no words for can only come from a function.
    const odd = () => ({ big: 10n });
    for (const mode of ["apply", "check"] as const) {
      const calls = [...messages, odd].map((message) => debug({ message }));
      const results = await runSteps(on.host, calls, { mode });
      expect(results.map(({ message }) => message)).toEqual([
        ...["text", '{"a":[1,null]}', "5", "null", "", "true"],
        "{ big: 10n }",
      ]);
    }
  });

  test("debug shows what the run knows", async () => {
    const { message } = await runStep(
      on.host,
      debug({ message: (ctx: StepContext) => `${ctx.host.name} ${ctx.facts.os}` }),
    );
    expect(message).toBe("test linux");
  });
});

test.each([
  [{ port: 0 }, /option "port"/],
  [{ port: 80, path: "/a" }, /exactly one of port and path/],
  [{ path: "/a", host: "b" }, /host requires port/],
  [{ port: 80, searchFrom: "now" }, /searchFrom: now requires path and search/],
  [{ path: "a", search: "x", searchFrom: "now", state: "absent" }, /waits for lines that come/],
  [{ path: "a", state: "drained" }, /drained requires port/],
  [{ port: 80, state: "drained", host: "db" }, /one of the host's own IP addresses/],
  [{ port: 80, excludeHosts: ["::1"] }, /excludeHosts goes with the state drained/],
  [{ port: 80, state: "drained", excludeHosts: ["db"] }, /option "excludeHosts\[0\]": wanted an IP address/],
  [{ port: 80, connectTimeout: 0 }, /option "connectTimeout": wanted more than 0/],
  [{ port: 80, host: "a b" }, /option "host": wanted a name or an address/],
  [{ path: "a", search: "a\0" }, /option "search": it cannot hold a NUL/],
  [{ path: "a", timeout: "soon" }, /option "timeout": wanted a duration/],
])("wait_for refuses %j", async (options, message) => {
  await using host = await embeddedHost();
  await expect(runStep(host, waitFor(options as never))).rejects.toThrow(message);
});
