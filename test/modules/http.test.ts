import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { http } from "../../modules/index.ts";
import { describeModule, hasSshd, opensshHost, runStep, runSteps } from "../../src/testing/index.ts";
import { stage } from "./stage.ts";
import { selfSigned, webServer } from "./web-server.ts";

const identity = selfSigned();
const web = webServer((request, response, body) => {
  const { pathname } = new URL(request.url ?? "", "http://x");
  if (pathname === "/json") {
    response.writeHead(200, {
      "content-type": "application/problem+json; charset=utf-8",
      "set-cookie": ["a=1", "b=2"],
    });
    return response.end('{"up":true}');
  }
  if (pathname === "/gzip") {
    response.writeHead(200, { "content-encoding": "gzip", "content-type": "text/plain" });
    return response.end(gzipSync("zipped"));
  }
  if (pathname === "/broken-json") return response.setHeader("content-type", "application/json").end("{");
  if (pathname === "/moved") return response.writeHead(302, { location: "/json" }).end();
  if (pathname === "/moved-for-good") return response.writeHead(308, { location: "/echo" }).end();
  if (pathname === "/elsewhere")
    return response.writeHead(302, { location: `http://localhost:${web.port}/echo` }).end();
  if (pathname === "/hangs") return undefined;
  if (pathname === "/half") {
    response.writeHead(200, { "content-length": 100 });
    return response.write("half", () => response.socket?.destroySoon());
  }
  if (pathname === "/slow") return response.write("something");
  if (pathname === "/large") return response.end(Buffer.alloc(5_000_000, "x"));
  if (pathname === "/busy") return response.writeHead(503).end("come again\n");
  if (pathname === "/empty") return response.writeHead(204).end();
  response.setHeader("content-type", "text/plain");
  return response.end(`${request.method} ${request.headers["content-type"] ?? "-"} ${body}`);
});
const secure = webServer((_, response) => response.end("secure"), identity);
const otherIdentity = selfSigned("DNS:elsewhere.example");
const otherSecure = webServer((_, response) => response.end("secure"), otherIdentity);
/** Takes connections and never says anything. */
let mute: Server;
let mutePort = 0;
beforeAll(() => {
  mute = createServer(() => undefined).listen(0, "127.0.0.1", () => {
    mutePort = (mute.address() as { port: number }).port;
  });
});
afterAll(() => void mute.close());

describeModule(
  { describe, test, afterAll },
  {
    module: http,
    call: () => http({ url: `${web.at}/json` }),
    holds: (_dir, { output }) => expect(output).toMatchObject({ status: 200, json: { up: true } }),
    hostile: (dir, value) =>
      http({
        url: `${web.at}/echo?${value}`,
        method: "put",
        body: value,
        removes: dir,
        creates: `/no/${value}`,
      }),
    arrived: (_dir, value, { output }) => expect((output as { body: string }).body).toBe(`PUT - ${value}`),
    lines: true,
    failures: {
      "another status than wanted": {
        call: () => http({ url: `${web.at}/busy` }),
        error: /^Unexpected status 503 \(expected 2xx\)$/,
      },
      "another status than the one": {
        call: () => http({ url: `${web.at}/busy`, statusCode: 200 }),
        error: /^Unexpected status 503 \(expected 200\)$/,
      },
      "another status than one of several": {
        call: () => http({ url: `${web.at}/busy`, statusCode: [200, 201] }),
        error: /^Unexpected status 503 \(expected one of \[200, 201\]\)$/,
      },
      "nobody there": {
        call: () => http({ url: "http://127.0.0.1:1/a" }),
        error: /^Cannot GET http:\/\/127\.0\.0\.1:1\/a: no connection from the host to 127\.0\.0\.1 port 1: /,
      },
      "nobody here": {
        call: () => http({ url: "http://127.0.0.1:1/a", from: "controller" }),
        error: /^Cannot GET http:\/\/127\.0\.0\.1:1\/a: nothing listens there$/,
      },
      "no answer": {
        call: () => http({ url: `${web.at}/hangs`, timeout: 100 }),
        error: /Cannot GET http:\S+\/hangs: no answer in time/,
      },
      "an answer without an end": {
        call: () => http({ url: `${web.at}/slow`, timeout: 1000 }),
        error: /Cannot read the answer of http:\S+\/slow: it did not end in time/,
      },
      "half an answer": {
        call: () => http({ url: `${web.at}/half` }),
        error: /Cannot read the answer of http:\S+\/half: aborted/,
      },
      "more than can be kept": {
        call: () => http({ url: `${web.at}/large` }),
        error: /it is longer than 4194304 bytes; get_url takes files/,
      },
      "a server that speaks no TLS": {
        call: () => http({ url: web.at.replace("http:", "https:") }),
        error: /^Cannot GET https:\S+: /,
      },
      "a handshake without an end": {
        call: () => http({ url: `https://127.0.0.1:${mutePort}/`, timeout: 200 }),
        error: /no answer in time/,
      },
      "a certificate of nobody's": {
        call: () => http({ url: secure.at }),
        error: /^Cannot GET https:\S+: its certificate is signed by itself$/,
      },
      "a certificate of somebody else's": {
        call: () => http({ url: otherSecure.at, caPath: otherIdentity().certPath }),
        error: /127\.0\.0\.1.*elsewhere\.example|does not match/,
      },
      "no file of certificates": {
        call: () => http({ url: secure.at, caPath: "/no/such.pem" }),
        error: /Cannot read the local file "\/no\/such\.pem"/,
      },
    },
  },
);

describe.each(["host", "controller"] as const)("http from the %s", (from) => {
  const on = stage();

  test("gives the whole response", async () => {
    const cookies = { "set-cookie": "a=1\nb=2" };
    const { output, message, stderr } = await runStep(on.host, http({ url: `${web.at}/json`, from }));
    expect([message, stderr]).toEqual(["HTTP 200", ""]);
    expect(output).toMatchObject({
      url: `${web.at}/json`,
      status: 200,
      headers: cookies,
      body: '{"up":true}',
      json: { up: true },
    });
  });

  test("sends what it is given", async () => {
    const dir = on.dir();
    writeFileSync(`${dir}/file`, "of mine");
    const url = `${web.at}/echo`;
    const method = "POST";
    const results = await runSteps(
      on.host,
      [
        http({ url, method, from, json: { a: [1, null] } }),
        http({ url, method, from, form: { "a b": "c&d", e: [1, true] } }),
        http({ url, method: "patch", from, body: "text", headers: { "content-type": "text/x" } }),
        http({ url, method, from, src: "file" }),
        http({ url, method: "delete", from }),
        http({ url: `${web.at}/gzip`, from }),
        http({ url: `${web.at}/empty`, from, statusCode: 204 }),
        http({ url: `${web.at}/broken-json`, from }),
        http({ url, method: "HEAD", from }),
        http({ url: `${web.at}/gzip`, method: "HEAD", from }),
      ],
      { folder: dir },
    );
    expect(results.map(({ error }) => error)).toEqual(results.map(() => undefined));
    expect(results.map(({ output }) => (output as { body: string }).body)).toEqual([
      'POST application/json {"a":[1,null]}',
      "POST application/x-www-form-urlencoded a+b=c%26d&e=1&e=true",
      "PATCH text/x text",
      "POST application/octet-stream of mine",
      ...["DELETE - ", "zipped", "", "{", "", ""],
    ]);
    expect(results.map(({ status }) => status)).toEqual([
      ...["changed", "changed", "changed", "changed", "changed"],
      ...["ok", "ok", "ok", "ok", "ok"],
    ]);
  });

  test("follows as far as it may, and tells no other server who it is", async () => {
    const login = { urlUsername: "me", urlPassword: "pä:ss" };
    web.asked();
    const results = await runSteps(on.host, [
      http({ url: `${web.at}/moved`, from, ...login }),
      http({ url: `${web.at}/moved`, from, followRedirects: "none", statusCode: 302 }),
      http({ url: `${web.at}/moved`, from, method: "POST", statusCode: 302 }),
      http({ url: `${web.at}/moved-for-good`, from, method: "POST", body: "again", followRedirects: "all" }),
      http({ url: `${web.at.replace("://", "://me:p%C3%A4%3Ass@")}/moved`, from }),
      http({ url: `${web.at}/elsewhere`, from, ...login, headers: { "X-Odd": "é" } }),
    ]);
    expect(results.map(({ error }) => error)).toEqual(results.map(() => undefined));
    expect((results[0]!.output as { url: string }).url).toBe(`${web.at}/json`);
    expect((results[3]!.output as { body: string }).body).toBe("POST - again");
    const asked = web.asked();
    const basic = `Basic ${Buffer.from("me:pä:ss").toString("base64")}`;
    expect(asked.slice(0, 2).map(({ headers }) => headers.authorization)).toEqual([basic, basic]);
    expect(asked.slice(-4, -1).map(({ headers }) => headers.authorization)).toEqual([basic, basic, basic]);
    expect(asked.at(-1)?.headers.authorization).toBeUndefined();
    expect(asked.at(-1)?.headers.host).toBe(`localhost:${web.port}`);
  });

  test("verifies certificates", async () => {
    const caPath = identity().certPath;
    const named = secure.at.replace("127.0.0.1", "localhost");
    const results = await runSteps(on.host, [
      http({ url: secure.at, from, caPath }),
      http({ url: named, from, caPath }),
      http({ url: secure.at, from, validateCerts: false }),
      http({ url: named, from }),
    ]);
    expect(results.map(({ error, message }) => error ?? message)).toEqual([
      ...["HTTP 200", "HTTP 200", "HTTP 200"],
      expect.stringMatching(/signed by itself/),
    ]);
  });

  test("is held back, is judged, and is told in a dry run", async () => {
    const dir = on.dir();
    const url = `${web.at}/json`;
    const results = await runSteps(on.host, [
      http({ url, from, creates: dir }),
      http({ url, from, removes: `${dir}/none` }),
      http({ url, from, changedWhen: ({ json }) => (json as { up: boolean }).up }),
      http({ url, from, method: "POST", changedWhen: false }),
    ]);
    expect(results.map(({ status, message }) => `${status} ${message}`)).toEqual([
      `ok not run: ${dir} exists`,
      `ok not run: ${dir}/none does not exist`,
      "changed HTTP 200",
      "ok HTTP 200",
    ]);
    web.asked();
    const dry = [
      http({ url: "http://me:pass@127.0.0.1:1/a", from }),
      http({ url: "http://a/", method: "post", from }),
    ];
    expect(
      (await runSteps(on.host, dry, { mode: "check" })).map(({ status, message }) => `${status} ${message}`),
    ).toEqual(["ok would GET http://127.0.0.1:1/a", "changed would POST http://a/"]);
    expect(web.asked()).toEqual([]);
  });

  test("the step's own time-out ends it", async () => {
    const { error } = await runStep(on.host, http({ url: `${web.at}/hangs`, from }), {
      step: { timeout: 300 },
    });
    expect(error).toBe("timed out after 0.3 s");
  });
});

test.runIf(hasSshd())("a host that forbids forwarding says so", async () => {
  await using host = await opensshHost({ sshdOptions: { AllowTcpForwarding: "no" } });
  const { error } = await runStep(host, http({ url: web.at }));
  expect(error).toMatch(/its sshd forbids TCP forwarding \(set `AllowTcpForwarding local` there/);
});

test.each([
  [{ url: "file:///etc/passwd" }, /option "url": wanted a URL/],
  [{ url: "http://a", method: "G ET" }, /option "method": wanted a method/],
  [{ url: "http://a", body: "x", json: 1 }, /body, json, form and src exclude each other/],
  [{ url: "http://a", statusCode: 99 }, /option "statusCode"/],
  [{ url: "http://a", clientKey: "x" }, /clientCert and clientKey go together/],
])("refuses %j", async (options, message) => {
  await using host = await import("../../src/testing/index.ts").then(({ embeddedHost }) => embeddedHost());
  await expect(runStep(host, http(options as never))).rejects.toThrow(message);
});
