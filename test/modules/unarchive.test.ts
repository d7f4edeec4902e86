import { execFileSync } from "node:child_process";
import { randomInt } from "node:crypto";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { unarchive } from "../../modules/index.ts";
import { describeModule, runSteps, snapshot } from "../../src/testing/index.ts";
import { type Member, tarOf, zipOf } from "./archives.ts";
import { busyboxPrograms } from "./shells.ts";
import { stage } from "./stage.ts";

const on = stage();
const isRoot = process.getuid?.() === 0;
const read = (path: string) => readFileSync(path, "utf8");
const modeOf = (path: string) => (lstatSync(path).mode & 0o7777).toString(8);

const APP: readonly Member[] = [
  { name: "app-1/", type: "5", mode: 0o755 },
  { name: "app-1/bin/", type: "5", mode: 0o755 },
  { name: "app-1/bin/run", content: "#!/bin/sh\n", mode: 0o755 },
  { name: "app-1/etc/conf", content: "a=1\n" },
  { name: "app-1/etc/it's a $(file)", content: "x\n" },
  { name: "app-1/etc/-é", content: "y\n" },
  { name: "app-1/bin/link", type: "2", target: "../etc/conf" },
  { name: "app-1/empty", content: "" },
];

const BUSYBOX = { shell: "/usr/bin/busybox sh" };
let busybox = "";
beforeAll(() => {
  busybox = busyboxPrograms(on.dir());
});
const kinds = ["local", "remote", "remote busybox"] as const;
const how = (kind: string) =>
  kind === "remote busybox" ? { ...BUSYBOX, step: { env: { PATH: busybox } } } : {};

function pack(dir: string, name: string, bytes: Buffer): string {
  const path = join(dirname(dir), name);
  writeFileSync(path, bytes);
  return path;
}

type Options = Parameters<typeof unarchive>[0];

/** Dry run, run, and run again; checks what always holds. */
async function apply(dir: string, options: Options, kind: string = "local") {
  const call = unarchive({ remoteSrc: kind !== "local", ...options });
  const before = snapshot(dir);
  const dry = await on.run(dir, call, { mode: "check", ...how(kind) });
  expect(snapshot(dir)).toEqual(before);
  const real = await on.run(dir, call, how(kind));
  if (real.status !== "failed") {
    expect(dry.status).toBe(real.status);
    const after = snapshot(dir);
    expect(await on.run(dir, call, how(kind))).toMatchObject({ status: "ok", changes: [], roundTrips: 1 });
    expect(snapshot(dir)).toEqual(after);
  }
  expect(readdirSync(dir).filter((name) => name.startsWith(".rcm"))).toEqual([]);
  return real;
}

describeModule(
  { describe, test, afterAll },
  {
    module: unarchive,
    arrange: (dir) => pack(dir, "app.tgz", gzipSync(tarOf(APP))),
    call: (dir) => unarchive({ src: `${dir}/../app.tgz`, dest: `${dir}/opt`, stripComponents: 1 }),
    holds: (dir) => expect(read(`${dir}/opt/etc/conf`)).toBe("a=1\n"),
    hostile: (dir, value) =>
      unarchive({
        src: `${dir}/../app.tgz`,
        dest: `${dir}/${value.replaceAll("/", "_")}`,
        include: ["*conf", value],
        exclude: [`${value}x`],
        creates: `/no/${value}`,
      }),
    arrived: (dir, value) =>
      expect(read(`${dir}/${value.replaceAll("/", "_")}/app-1/etc/conf`)).toBe("a=1\n"),
    failures: {
      "no archive here": {
        call: (dir) => unarchive({ src: "/no/such.tar", dest: dir }),
        error: /Cannot read the local file "\/no\/such\.tar"/,
      },
      "no archive there": {
        call: (dir) => unarchive({ src: "/no/such.tar", remoteSrc: true, dest: dir }),
        error: /^cannot find out "content": there is no file \/no\/such\.tar on the host$/,
      },
      "something else": {
        call: (dir) => unarchive({ src: "/etc/passwd", dest: dir }),
        error: /Cannot unpack "\/etc\/passwd": /,
      },
      "a file in its place": {
        arrange: (dir) => writeFileSync(`${dir}/opt`, ""),
        call: (dir) => unarchive({ src: `${dir}/../app.tgz`, dest: `${dir}/opt` }),
        error: /\/opt is no directory/,
      },
      "a directory in the way of a file": {
        arrange: (dir) => mkdirSync(`${dir}/app-1/empty`, { recursive: true }),
        call: (dir) => unarchive({ src: `${dir}/../app.tgz`, dest: dir }),
        error: /app-1\/empty is in the way: it is a directory/,
      },
      "a link in the way of a directory": {
        arrange: (dir) => symlinkSync("..", `${dir}/app-1`),
        call: (dir) => unarchive({ src: `${dir}/../app.tgz`, dest: dir }),
        error: /app-1 is in the way: it is no directory/,
      },
      "a URL": {
        call: (dir) => unarchive({ src: "https://a/b.tgz", remoteSrc: true, dest: dir }),
        error: /src is a URL: get it with get_url first/,
      },
    },
  },
);

describe.each(kinds)("unarchive, %s", (kind) => {
  const pipes: Readonly<Record<string, (tar: Buffer) => Buffer>> = {
    tar: (tar) => tar,
    "tar.gz": (tar) => gzipSync(tar),
    "tar.bz2": (tar) => execFileSync("bzip2", ["-c"], { input: tar }),
    "tar.xz": (tar) => execFileSync("xz", ["-c"], { input: tar }),
    "tar.zst": (tar) => execFileSync("zstd", ["-qc"], { input: tar }),
    zip: () => zipOf(APP),
  };

  test.each(Object.keys(pipes))("%s", async (format) => {
    const dir = on.dir();
    const src = pack(dir, "archive", pipes[format]!(tarOf(APP)));
    const result = await apply(dir, { src, dest: "a/b" }, kind);
    if (kind === "remote busybox" && format === "tar.zst") {
      expect(result.error).toMatch(/the host has no zstd, which this archive needs/);
      return;
    }
    expect(result).toMatchObject({ status: "changed", message: expect.stringContaining("content") });
    const root = `${dir}/a/b/app-1`;
    expect([read(`${root}/etc/it's a $(file)`), read(`${root}/etc/-é`)]).toEqual(["x\n", "y\n"]);
    expect([modeOf(`${root}/bin/run`), modeOf(`${root}/etc/conf`)]).toEqual(["755", "644"]);
    expect(readlinkSync(`${root}/bin/link`)).toBe("../etc/conf");
    if (isRoot) expect(lstatSync(`${root}/etc/conf`).uid).toBe(0);
  });

  test("mends what was changed, and keeps what is not its own", async () => {
    const dir = on.dir();
    const src = pack(dir, "archive", gzipSync(tarOf(APP)));
    const wanted = { src, dest: "d", stripComponents: 1, exclude: ["etc/-*"], mode: "0640" };
    await apply(dir, isRoot ? { ...wanted, owner: "daemon", group: "1" } : wanted, kind);
    if (isRoot) expect(lstatSync(`${dir}/d/bin`)).toMatchObject({ uid: 1, gid: 1 });
    expect([modeOf(`${dir}/d/bin/run`), existsSync(`${dir}/d/etc/-é`)]).toEqual(["640", false]);
    writeFileSync(`${dir}/d/etc/conf`, "a=2\n");
    writeFileSync(`${dir}/d/etc/own`, "own");
    chmodSync(`${dir}/d/empty`, 0o600);
    const { message } = await apply(dir, wanted, kind);
    expect(message).toMatch(/^content(: 2 of 7 entries are not as in .*: empty etc\/conf → as in )?/);
    expect([read(`${dir}/d/etc/conf`), read(`${dir}/d/etc/own`)]).toEqual(["a=1\n", "own"]);
  });

  test("takes what is included, lists it, and lets creates hold it back", async () => {
    const dir = on.dir();
    const src = pack(dir, "archive", zipOf(APP));
    const wanted = { src, dest: "d", include: ["app-1/e?c", "*/run"], exclude: ["*conf"], listFiles: true };
    const { output } = await apply(dir, wanted, kind);
    expect(String(output).trim().split("\n")).toEqual([
      ...["app-1", "app-1/bin", "app-1/bin/run", "app-1/etc"],
      ...["app-1/etc/-é", "app-1/etc/it's a $(file)"],
    ]);
    expect(readdirSync(`${dir}/d/app-1`)).toEqual(["bin", "etc"]);
    const held = await apply(dir, { src, dest: "e", creates: "d/app-1" }, kind);
    expect([held.status, existsSync(`${dir}/e`)]).toEqual(["ok", false]);
  });
});

const link = (name: string, target: string): Member => ({ name, type: "2", target });
const file = (name: string, content = "evil"): Member => ({ name, content });
const OUT = "../outside";

const bomb = tarOf([{ name: "a", content: Buffer.alloc(20_000_000) }]);
const climbs = tarOf([file(`${OUT}/new`)]);
const packed = (program: string, tar: Buffer): Buffer => execFileSync(program, ["-c"], { input: tar });

const CLIMBS = /a name leads out of it|Cannot unpack .*invalid relative path|a name is absolute or leads out/;
const ABSOLUTE = /a name is absolute|Cannot unpack .*absolute path/;
const LINK = /the link (?:\.\/)?[\w/]+ leads out of it/;
const THROUGH = /something lies below \w+, which is no directory/;
const DOUBLE = /it holds two of the name a/;
const HARD = /a hard link leads to [\w./]+, which is none of its files/;
const OTHER = /is no file, directory or link/;
const ODD = /a name is odd|something that is no file, directory or link, or has an odd name/;
const BIG = /it holds more than 10000000 bytes: see maxSize/;
const BROKEN = /it is damaged, or encrypted|Cannot unpack /;
const EMPTY = /it is empty, or none of a kind that is known|Unrecognized archive format/;

/** Archives that must be refused as a whole, and why. */
const HOSTILE: Readonly<Record<string, readonly [archive: Buffer, refusal: RegExp]>> = {
  "a name with ..": [climbs, CLIMBS],
  "a name with .., in gzip": [gzipSync(climbs), CLIMBS],
  "a name with .., in bzip2": [packed("bzip2", climbs), CLIMBS],
  "a name with .., in xz": [packed("xz", climbs), CLIMBS],
  "a name with .., in zstd": [packed("zstd", climbs), CLIMBS],
  "a name with .. among good ones": [tarOf([file("good"), file(`${OUT}/new`), file("too")]), CLIMBS],
  "a name with .. in an extended header": [
    tarOf([{ name: "x", type: "x", content: pax("path", `${OUT}/new`) }, file("a")]),
    CLIMBS,
  ],
  "a name with .. within": [tarOf([file(`a/../${OUT}/new`)]), CLIMBS],
  "a name that ends with ..": [tarOf([{ name: "a/..", type: "5" }]), CLIMBS],
  "a name that is ..": [tarOf([file("..")]), CLIMBS],
  "a name after ./": [tarOf([file(`./.././outside/new`)]), CLIMBS],
  "a long name with ..": [tarOf([file(`${"a/".repeat(80)}${"../".repeat(80)}${OUT}/new`)]), CLIMBS],
  "a zip with ..": [zipOf([file(`${OUT}/new`)]), CLIMBS],
  "a zip with ..\\": [
    zipOf([file("..\\outside\\new")]),
    /a name holds a backslash|Cannot unpack .*invalid characters/,
  ],
  "an absolute name": [tarOf([file("/tmp/rcm-evil/new")]), ABSOLUTE],
  "an absolute name of two slashes": [tarOf([file("//tmp/rcm-evil/new")]), ABSOLUTE],
  "an absolute name in a zip": [zipOf([file("/tmp/rcm-evil/new")]), ABSOLUTE],
  "a link out": [tarOf([link("a", OUT)]), LINK],
  "an absolute link": [tarOf([link("a", "/etc/passwd")]), LINK],
  "a link out of a zip": [zipOf([link("a", `${OUT}/kept`)]), LINK],
  "a link out from below": [tarOf([file("a/b/f"), link("a/b/l", `../../${OUT}`)]), LINK],
  "a link out by a way round": [tarOf([file("a/f"), link("b", `a/../${OUT}`)]), LINK],
  "a link out through a link": [
    tarOf([file("a/b/f"), link("a/b/up", "../.."), link("l", "a/b/up/../outside")]),
    LINK,
  ],
  "a file through a link": [tarOf([link("a", OUT), file("a/new")]), THROUGH],
  "a file through a link in a zip": [zipOf([link("a", OUT), file("a/new")]), THROUGH],
  "a file through a link within": [tarOf([file("d/f"), link("a", "d"), file("a/new")]), THROUGH],
  "a directory that becomes a link in the middle": [
    tarOf([{ name: "a/", type: "5" }, file("a/f"), link("a", OUT), file("a/new")]),
    /it holds two of the name a|something lies below a/,
  ],
  "a link that is replaced in the middle": [
    tarOf([link("a", "b"), file("b/f"), link("a", OUT), file("a/kept")]),
    /it holds two of the name a|something lies below a/,
  ],
  "a link, then a file of its name": [tarOf([link("a", `${OUT}/kept`), file("a")]), DOUBLE],
  "a link, then a file of its name, in a zip": [zipOf([link("a", `${OUT}/kept`), file("a")]), DOUBLE],
  "two files of one name": [tarOf([file("a", "one"), file("./a", "two")]), DOUBLE],
  "a hard link out": [tarOf([{ name: "a", type: "1", target: `${OUT}/kept` }]), HARD],
  "an absolute hard link": [tarOf([{ name: "a", type: "1", target: "/etc/passwd" }]), HARD],
  "a hard link to a link": [tarOf([link("a", `${OUT}/kept`), { name: "b", type: "1", target: "a" }]), HARD],
  "a hard link through a link": [tarOf([link("a", OUT), { name: "b", type: "1", target: "a/kept" }]), HARD],
  "a name that looks like a link": [
    tarOf([link("x -> y", OUT), file("x -> y/new")]),
    /odd name|leads out|lies below/,
  ],
  "a device": [tarOf([{ name: "a", type: "3" }]), OTHER],
  "a block device": [tarOf([{ name: "a", type: "4" }]), OTHER],
  "a FIFO": [tarOf([{ name: "a", type: "6" }]), OTHER],
  "a line break in a name": [tarOf([file("a\nb")]), ODD],
  "a line that looks like another entry": [
    tarOf([file("a\n-rw-r--r-- 0/0               4 2023-11-14 22:13 b\n/../outside/new")]),
    /a name is odd|odd name|leads out/,
  ],
  "a bomb": [gzipSync(bomb), BIG],
  "a bomb in bzip2": [packed("bzip2", bomb), BIG],
  "a bomb in xz": [packed("xz", bomb), BIG],
  "a bomb in zstd": [packed("zstd", bomb), BIG],
  "a bomb of a zip": [zipOf([{ name: "a", content: Buffer.alloc(20_000_000) }]), BIG],
  "a bomb of a zip that lies": [
    zipOf([{ name: "a", content: Buffer.alloc(20_000_000), size: 10 }]),
    /see maxSize|Cannot unpack .*too many bytes/,
  ],
  "a bomb of names": [
    gzipSync(tarOf(Array.from({ length: 2000 }, (_, i) => file(`f${i}`, "")))),
    /it holds more than 1000 entries: see maxFiles/,
  ],
  "half an archive": [
    gzipSync(tarOf([{ name: "a", content: Buffer.alloc(20_000, 1) }])).subarray(0, 60),
    BROKEN,
  ],
  "a tar that is compressed twice": [
    gzipSync(gzipSync(tarOf([file("a")]))),
    /it is empty, or none of a kind that is known|compressed again/,
  ],
  nothing: [Buffer.alloc(0), EMPTY],
};

/** Archives that must be unpacked, and what must have become of them: names, permissions, contents. */
const TAMED: Readonly<Record<string, readonly [archive: Buffer, made: readonly string[]]>> = {
  "setuid, setgid and sticky": [
    tarOf([
      { name: "d/", type: "5", mode: 0o7777 },
      { ...file("d/f"), mode: 0o7755 },
    ]),
    ["d 755", "d/f 755"],
  ],
  "setuid in a zip": [zipOf([{ ...file("f"), mode: 0o4755 }]), ["f 755"]],
  "a hard link to a setuid file": [
    tarOf([
      { ...file("f"), mode: 0o6755 },
      { name: "g", type: "1", target: "f" },
    ]),
    ["f 755", "g 755"],
  ],
  "files for everybody": [tarOf([{ ...file("f"), mode: 0o666 }]), ["f 644"]],
  "names that look like options or code": [
    tarOf([file("-rf"), file("--checkpoint-action=exec=touch"), file("$(touch x)"), file("*")]),
    ["$(touch x) 644", "* 644", "--checkpoint-action=exec=touch 644", "-rf 644"],
  ],
  "names with escape sequences": [tarOf([file("\u001b[31ma")]), ["\u001b[31ma 644"]],
};

/** What stands in an extended header. */
function pax(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const length = Buffer.byteLength(rest) + 2;
  return `${length}${rest}`;
}

const turn = randomInt(3);

/** What a host unpacks is tried with a third of the archives in a run, and with all of them by `RCM_HOSTILE=full`. */
function isDue(kind: string, i: number): boolean {
  return kind === "local" || process.env.RCM_HOSTILE === "full" || i % 3 === turn;
}

describe.each(kinds)("hostile archives, %s", (kind) => {
  test("put nothing outside dest", async () => {
    const base = on.dir();
    const archives = Object.entries({ ...HOSTILE, ...TAMED }).filter((_, i) => isDue(kind, i));
    const names = archives.map(([name]) => name);
    const sets = archives.map(([, [bytes, wanted]], i) => {
      const dir = `${base}/${i}`;
      mkdirSync(`${dir}/outside`, { recursive: true });
      mkdirSync(`${dir}/dest`);
      writeFileSync(`${dir}/outside/kept`, "kept");
      writeFileSync(`${dir}/archive`, bytes);
      return { dir, wanted, before: snapshot(`${dir}/outside`) };
    });
    // A plan is refused as a whole, so that each archive of this side gets one of its own.
    const options = ({ dir }: { readonly dir: string }) => ({
      src: `${dir}/archive`,
      dest: `${dir}/dest`,
      maxSize: 10_000_000,
      maxFiles: 1000,
    });
    const outcomes =
      kind === "local"
        ? await Promise.all(
            sets.map((set) =>
              on.run(set.dir, unarchive(options(set))).then(
                ({ status, error }) => error ?? status,
                (error: Error) => error.message,
              ),
            ),
          )
        : (
            await runSteps(
              on.host,
              sets.map((set) => unarchive({ ...options(set), remoteSrc: true })),
              how(kind),
            )
          ).map(({ status, error }) => error ?? status);
    for (const [i, { dir, before, wanted }] of sets.entries()) {
      expect(snapshot(`${dir}/outside`), names[i]).toEqual(before);
      expect(readdirSync(dir).sort(), names[i]).toEqual(["archive", "dest", "outside"]);
      if (kind === "remote busybox" && /zstd$/.test(names[i] ?? "")) {
        expect(outcomes[i], names[i]).toMatch(/the host has no zstd/);
        continue;
      }
      if (wanted instanceof RegExp) {
        expect(outcomes[i], names[i]).toMatch(wanted);
        expect(readdirSync(`${dir}/dest`), names[i]).toEqual([]);
      } else {
        expect(outcomes[i], names[i]).toBe("changed");
        const made = readdirSync(`${dir}/dest`, { recursive: true }).map(String).sort();
        expect(made.map((name) => `${name} ${modeOf(join(dir, "dest", name))}`)).toEqual(wanted);
      }
      for (const entry of readdirSync(`${dir}/dest`, { recursive: true, withFileTypes: true })) {
        const path = join(entry.parentPath, entry.name);
        expect(lstatSync(path).mode & 0o7022, `${names[i]}: ${path}`).toBe(
          entry.isSymbolicLink() ? 0o022 : 0,
        );
        if (entry.isSymbolicLink())
          expect(relative(`${dir}/dest`, resolve(dirname(path), readlinkSync(path)))).not.toMatch(/^\.\./);
      }
    }
    expect(existsSync("/tmp/rcm-evil")).toBe(false);
  }, 600_000);
});
