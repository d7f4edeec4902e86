import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { getUrl } from "../../modules/index.ts";
import { describeModule, snapshot } from "../../src/testing/index.ts";
import { busyboxPrograms } from "./shells.ts";
import { stage } from "./stage.ts";
import { selfSigned, webServer } from "./web-server.ts";

const on = stage();
const BIG = randomBytes(3_000_000);
const hashOf = (bytes: Buffer | string, algorithm = "sha256") =>
  createHash(algorithm).update(bytes).digest("hex");
const sums = [
  `${hashOf("other")}  other.txt`,
  `${hashOf("text\n")} *./text.txt`,
  `SHA256 (big) = ${hashOf(BIG).toUpperCase()}`,
  "",
].join("\n");

let version = "one\n";
const pages: Readonly<Record<string, (response: ServerResponse) => void>> = {
  "/text.txt": (response) => response.end("text\n"),
  "/big": (response) => response.end(BIG),
  "/SUMS": (response) => response.end(sums),
  "/only": (response) => response.end(`${hashOf("text\n")}\n`),
  "/version": (response) => response.end(version),
  "/always-new": (response) => response.end(randomBytes(8)),
  "/moved": (response) => response.writeHead(302, { location: "/text.txt" }).end(),
  "/endless": (response) => response.writeHead(302, { location: "/endless" }).end(),
  "/hangs": () => undefined,
};
const web = webServer((request, response) => {
  const { pathname } = new URL(request.url ?? "", "http://x");
  const [, from] = /^bytes=(\d+)-$/.exec(request.headers.range ?? "") ?? [];
  if (pathname === "/half/big") {
    const start = Number(from ?? 0);
    response.writeHead(start > 0 ? 206 : 200, {
      "content-length": BIG.length - start,
      ...(start > 0 ? { "content-range": `bytes ${start}-${BIG.length - 1}/${BIG.length}` } : {}),
      "accept-ranges": "bytes",
    });
    if (start > 0) return response.end(BIG.subarray(start));
    return response.write(BIG.subarray(0, 1_000_000), () => response.socket?.destroySoon());
  }
  if (pathname === "/always-half") {
    response.writeHead(200, { "content-length": 100 });
    return response.write("half", () => response.socket?.destroySoon());
  }
  if (pathname === "/private") {
    const isMe =
      request.headers.authorization === `Basic ${Buffer.from('me:a "b\\ #$(id)').toString("base64")}`;
    return response.writeHead(isMe ? 200 : 401).end(isMe ? "for me\n" : "not you\n");
  }
  const page = pages[pathname];
  if (page) return page(response);
  response.writeHead(404).end("no such page\n");
});
const identity = selfSigned();
const secure = webServer((_, response) => response.end("secure\n"), identity);

/** Folders for `PATH` with some of the programs only. */
const programs: Record<string, string> = {};
beforeAll(() => {
  for (const name of ["curl", "wget", "busybox", "none"]) {
    const folder = on.dir();
    busyboxPrograms(folder);
    if (name !== "busybox") rmSync(`${folder}/wget`);
    if (name === "curl" || name === "wget")
      writeFileSync(`${folder}/${name}`, `#!/bin/sh\nexec /usr/bin/${name} "$@"\n`, { mode: 0o755 });
    programs[name] = folder;
  }
  // Debian's busybox cannot give up waiting; Alpine's can.
  rmSync(`${programs.busybox}/wget`);
  writeFileSync(
    `${programs.busybox}/wget`,
    '#!/bin/sh\n[ "$1" != --help ] || { echo "-T SEC" >&2; exit 1; }\n[ "$1" != -V ] || exit 1\n[ "$2" != -T ] || { shift 3; set -- -q "$@"; }\nexec /usr/bin/busybox wget "$@"\n',
    { mode: 0o755 },
  );
});

/** Dry run, run, and run again; checks what always holds. */
async function apply(dir: string, options: Parameters<typeof getUrl>[0], tool = "curl", env = {}) {
  const how = { shell: "/usr/bin/busybox sh", step: { env: { PATH: programs[tool] ?? "", ...env } } };
  const before = snapshot(dir);
  const dry = await on.run(dir, getUrl(options), { mode: "check", ...how });
  expect(snapshot(dir)).toEqual(before);
  const real = await on.run(dir, getUrl(options), how);
  if (real.status !== "failed") {
    expect(dry.status).toBe(real.status);
    const after = snapshot(dir);
    const again = await on.run(dir, getUrl(options), how);
    expect(again).toMatchObject({ status: "ok", changes: [], roundTrips: 1 });
    expect(snapshot(dir)).toEqual(after);
  }
  expect(readdirSync(dir).filter((name) => name.startsWith(".rcm.") || name.startsWith("tmp."))).toEqual([]);
  return real;
}
const oneLine = (value: string) => value.replaceAll(/[\0-\x1f\x7f]/g, " ");
const read = (path: string) => readFileSync(path, "utf8");

describeModule(
  { describe, test, afterAll },
  {
    module: getUrl,
    call: (dir) => getUrl({ url: `${web.at}/text.txt`, dest: `${dir}/sub/a`, mode: "0640" }),
    holds: (dir) => {
      expect(read(`${dir}/sub/a`)).toBe("text\n");
      expect(statSync(`${dir}/sub/a`).mode & 0o7777).toBe(0o640);
    },
    hostile: (dir, value) =>
      getUrl({
        url: `${web.at}/text.txt?${value}`,
        dest: `${dir}/${value.replaceAll("/", "_")}`,
        headers: { "X-Value": encodeURIComponent(value) },
        urlUsername: oneLine(value).replaceAll(":", "") || "x",
        urlPassword: oneLine(value),
        httpAgent: oneLine(value).trim() || "x",
        validate: "test -f %s",
      }),
    arrived: (dir, value) => expect(read(`${dir}/${value.replaceAll("/", "_")}`)).toBe("text\n"),
    failures: {
      "no such page": {
        call: (dir) => getUrl({ url: `${web.at}/none`, dest: `${dir}/a` }),
        error: /^cannot bring about "content": curl: \(22\) .*404/,
      },
      "nobody there": {
        call: (dir) => getUrl({ url: "http://127.0.0.1:1/a", dest: `${dir}/a` }),
        error: /curl: \(7\) Failed to connect/,
      },
      "another file than wanted": {
        arrange: (dir) => writeFileSync(`${dir}/a`, "old"),
        call: (dir) =>
          getUrl({ url: `${web.at}/text.txt`, dest: `${dir}/a`, checksum: `sha256:${"0".repeat(64)}` }),
        error: /^cannot bring about "content": Checksum mismatch: expected 0{64}, got [0-9a-f]{64}$/,
      },
      "what validate refuses": {
        call: (dir) => getUrl({ url: `${web.at}/text.txt`, dest: `${dir}/a`, validate: "grep -q y %s" }),
        error: /validate refused the new content \(exit status 1\)/,
      },
      "a directory in its place": {
        arrange: (dir) => mkdirSync(`${dir}/a`),
        call: (dir) => getUrl({ url: `${web.at}/text.txt`, dest: `${dir}/a` }),
        error: /\/a is a directory/,
      },
      "a file that breaks off": {
        call: (dir) => getUrl({ url: `${web.at}/always-half`, dest: `${dir}/a` }),
        error: /curl: \(18\)/,
      },
      "going round in circles": {
        call: (dir) => getUrl({ url: `${web.at}/endless`, dest: `${dir}/a` }),
        error: /curl: \(47\)/,
      },
      "a server that says nothing": {
        call: (dir) => getUrl({ url: `${web.at}/hangs`, dest: `${dir}/a`, timeout: "1s" }),
        error: /curl: \(28\)/,
      },
      "a server that says nothing, asked from here": {
        call: (dir) => getUrl({ url: `${web.at}/hangs`, dest: `${dir}/a`, timeout: 100, from: "controller" }),
        error: /Cannot GET http:\S+\/hangs: no answer in time/,
      },
      "a certificate of nobody's": {
        call: (dir) => getUrl({ url: secure.at, dest: `${dir}/a` }),
        error: /curl: \(60\)/,
      },
      "a certificate of nobody's, looked at from here": {
        call: (dir) => getUrl({ url: secure.at, dest: `${dir}/a`, from: "controller" }),
        error: /its certificate is signed by itself/,
      },
      "a file that breaks off on its way to here": {
        call: (dir) => getUrl({ url: `${web.at}/always-half`, dest: `${dir}/a`, from: "controller" }),
        error: /Cannot GET http:\S+\/always-half: aborted/,
      },
      "no page for here": {
        call: (dir) => getUrl({ url: `${web.at}/none`, dest: `${dir}/a`, from: "controller" }),
        error: /Cannot GET http:\S+\/none: HTTP 404/,
      },
      "a list without the file": {
        call: (dir) =>
          getUrl({ url: `${web.at}/version`, dest: `${dir}/a`, checksum: `sha256:${web.at}/SUMS` }),
        error: /SUMS holds no sha256 hash of "version"/,
      },
      "a list that is not there": {
        call: (dir) =>
          getUrl({ url: `${web.at}/version`, dest: `${dir}/a`, checksum: `sha256:${web.at}/none` }),
        error: /^cannot find out "content": curl: \(22\)/,
      },
    },
  },
);

describe.each(["curl", "wget", "busybox", "none"])("get_url where the host has %s", (tool) => {
  test("gets a file, whole, under its name in the URL", async () => {
    const dir = on.dir();
    web.asked();
    const result = await apply(dir, { url: `${web.at}/big`, dest: "sub/" }, tool);
    expect(result).toMatchObject({ status: "changed", message: "content: absent → present" });
    expect(hashOf(readFileSync(`${dir}/sub/big`))).toBe(hashOf(BIG));
    const agents = new Set(web.asked().map(({ headers }) => headers["user-agent"]));
    if (tool !== "busybox") expect([...agents]).toEqual(["rcm"]);
  });

  test.each(["md5", "sha1", "sha256", "sha512"])("knows it by its %s", async (algorithm) => {
    const dir = on.dir();
    writeFileSync(`${dir}/a`, "old");
    const checksum = `${algorithm}:${hashOf("text\n", algorithm).toUpperCase()}`;
    const { message } = await apply(dir, { url: `${web.at}/moved`, dest: "a", checksum, backup: true }, tool);
    expect(message).toMatch(new RegExp(`^content: ${algorithm} [0-9a-f]{12}… → ${algorithm} [0-9a-f]{12}…$`));
    expect(read(`${dir}/a`)).toBe("text\n");
    expect(readdirSync(dir)).toHaveLength(2);
  });

  test("knows it by a list of hashes", async () => {
    const dir = on.dir();
    const lists = { "text.txt": "SUMS", big: "SUMS" };
    for (const [name, list] of Object.entries(lists))
      await apply(dir, { url: `${web.at}/${name}`, dest: "./", checksum: `sha256:${web.at}/${list}` }, tool);
    expect(hashOf(readFileSync(`${dir}/big`))).toBe(hashOf(BIG));
    expect(read(`${dir}/text.txt`)).toBe("text\n");
    await apply(dir, { url: `${web.at}/moved`, dest: "b", checksum: `sha256:${web.at}/only` }, tool);
    expect(read(`${dir}/b`)).toBe("text\n");
  });

  test("without checksum, a file that is there stays, unless it is forced to look", async () => {
    const dir = on.dir();
    version = "one\n";
    const wanted = { url: `${web.at}/version`, dest: "a" };
    await apply(dir, wanted, tool);
    version = "two\n";
    expect((await apply(dir, wanted, tool)).status).toBe("ok");
    web.asked();
    expect((await apply(dir, { ...wanted, force: true }, tool)).message).toMatch(
      /^content: sha256 .*as on the server$/,
    );
    expect(read(`${dir}/a`)).toBe("two\n");
    const fresh = on.dir();
    expect(
      (await on.run(fresh, getUrl({ url: `${web.at}/always-new`, dest: "a", force: true }))).status,
    ).toBe("changed");
  });

  test("says who it is", async () => {
    const dir = on.dir();
    const url = `${web.at}/private`;
    const login = { urlUsername: "me", urlPassword: 'a "b\\ #$(id)' };
    await apply(dir, { url, dest: "a", ...login, headers: { "X-Odd": 'q"\\ #%' } }, tool);
    expect(read(`${dir}/a`)).toBe("for me\n");
    expect(web.asked().at(-1)?.headers["x-odd"]).toBe('q"\\ #%');
    const inUrl = url.replace("//", `//me:${encodeURIComponent(login.urlPassword)}@`);
    await apply(dir, { url: inUrl, dest: "b" }, tool);
    expect(read(`${dir}/b`)).toBe("for me\n");
    expect((await apply(dir, { url, dest: "c" }, tool)).error).toMatch(/401|Authentication Failed/);
  });

  test("takes any certificate only when told so", async () => {
    const dir = on.dir();
    const { error } = await apply(dir, { url: secure.at, dest: "a" }, tool);
    expect(error).toMatch(/certificate/i);
    await apply(dir, { url: secure.at, dest: "a", validateCerts: false }, tool);
    expect(read(`${dir}/a`)).toBe("secure\n");
  });
});

describe.each(["curl", "wget", "busybox"])("a download that broke off, with %s", (tool) => {
  test("goes on where it was", async () => {
    const dir = on.dir();
    const wanted = {
      url: `${web.at}/half/big`,
      dest: "big",
      checksum: `sha256:${hashOf(BIG)}`,
      resume: true,
    };
    const first = await apply(dir, wanted, tool);
    expect(first.status).toBe("failed");
    const [parts = ""] = readdirSync(dir);
    expect(statSync(`${dir}/${parts}`).mode & 0o777).toBe(0o700);
    expect(existsSync(`${dir}/big`)).toBe(false);
    web.asked();
    expect((await apply(dir, wanted, tool)).error).toBeUndefined();
    expect(web.asked().map(({ headers }) => headers.range)).toEqual([
      expect.stringMatching(/^bytes=\d{4,}-$/),
    ]);
    expect(readdirSync(dir)).toEqual(["big"]);
    expect(hashOf(readFileSync(`${dir}/big`))).toBe(hashOf(BIG));
  });

  test("begins anew where what came was wrong", async () => {
    const dir = on.dir();
    const wanted = {
      url: `${web.at}/half/big`,
      dest: "big",
      checksum: `sha256:${hashOf(BIG)}`,
      resume: true,
    };
    await apply(dir, wanted, tool);
    const [parts = ""] = readdirSync(dir);
    writeFileSync(`${dir}/${parts}/part`, "wrong");
    expect((await apply(dir, wanted, tool)).error).toMatch(/Checksum mismatch/);
    expect(readdirSync(dir)).toEqual([]);
  });
});

test("no list of processes shows a password, nor does a temporary file stay", async () => {
  const dir = on.dir();
  const spy = (name: string) =>
    `#!/bin/sh\ntr '\\0' ' ' </proc/$$/cmdline >>${dir}/../seen\nexec /usr/bin/${name} "$@"\n`;
  for (const name of ["curl", "wget"]) {
    const folder = busyboxPrograms(on.dir());
    rmSync(`${folder}/wget`);
    writeFileSync(`${folder}/${name}`, spy(name), { mode: 0o755 });
    const [TMPDIR, call] = [
      on.dir(),
      {
        url: `${web.at}/text.txt?secret=1`,
        dest: `${name}`,
        urlUsername: "u",
        urlPassword: "secret",
        headers: { "X-Token": "secret" },
      },
    ];
    const result = await on.run(dir, getUrl(call), {
      shell: "/usr/bin/busybox sh",
      step: { env: { PATH: folder, TMPDIR } },
    });
    expect(result.error).toBeUndefined();
    expect(readdirSync(TMPDIR)).toEqual([]);
  }
  expect(read(`${dir}/../seen`)).toMatch(/curl[\s\S]*wget/);
  expect(read(`${dir}/../seen`)).not.toContain("secret");
});

test("a secret in the URL is no argument: neither of a wget that takes it as one, nor as the file's name", async () => {
  const fetched = async (tool: string, options: Partial<Parameters<typeof getUrl>[0]>) =>
    await on.run(on.dir(), getUrl({ url: `${web.at}/text.txt?token=p4ssword`, dest: "a", ...options }), {
      shell: "/usr/bin/busybox sh",
      secrets: { s: "p4ssword" },
      step: { secrets: ["s"], env: { PATH: programs[tool] ?? "" } },
    });
  expect((await fetched("busybox", { from: "host" })).error).toMatch(/the host has neither curl nor wget/);
  for (const tool of ["curl", "wget", "busybox"]) expect((await fetched(tool, {})).status).toBe("changed");
  expect((await fetched("curl", { url: `${web.at}/p4ssword`, dest: "./" })).error).toMatch(
    /url ends with the secret "s": dest must give the name of the file/,
  );
});

test("from: host does not fall back", async () => {
  const { error } = await apply(on.dir(), { url: `${web.at}/text.txt`, dest: "a", from: "host" }, "none");
  expect(error).toMatch(/the host has neither curl nor wget/);
});

test.each([
  [{ url: "ftp://a/b", dest: "a" }, /option "url": wanted a URL that begins with http/],
  [{ url: "http://a/", dest: "a/" }, /url ends with no name of a file/],
  [{ url: "http://a/b", dest: "a", checksum: "sha256:abc" }, /option "checksum": wanted an algorithm/],
  [
    { url: "http://a/b", dest: "a", checksum: `crc:${"0".repeat(32)}` },
    /option "checksum": wanted an algorithm/,
  ],
  [{ url: "http://a/b", dest: "a", resume: true }, /resume requires checksum/],
  [{ url: "http://a/b", dest: "a", urlPassword: "x" }, /urlPassword requires urlUsername/],
  [{ url: "http://a/b", dest: "a", headers: { "a b": "x" } }, /wanted names of headers/],
  [{ url: "http://a/b", dest: "a", headers: { a: "x\r\nb: c" } }, /a header is a single line/],
  [
    { url: "http://a/b", dest: "a", force: true, checksum: `md5:${"0".repeat(32)}` },
    /force and checksum exclude/,
  ],
])("refuses %j", async (options, message) => {
  await expect(on.run(on.dir(), getUrl(options as never))).rejects.toThrow(message);
});
