import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { describe, expect, test } from "vitest";
import { file } from "../../modules/index.ts";
import { runSteps, snapshot } from "../../src/testing/index.ts";
import { stage } from "./stage.ts";

const isRoot = process.getuid?.() === 0;
const on = stage();
const modeOf = (path: string) => (statSync(path).mode & 0o7777).toString(8);

/** Runs it as a dry run, for real, and once more; gives what it came to, and checks what always holds. */
async function apply(dir: string, options: Parameters<typeof file>[0]) {
  const before = snapshot(dir);
  const dry = await on.run(dir, file(options), { mode: "check" });
  expect(snapshot(dir)).toEqual(before);
  const real = await on.run(dir, file(options));
  if (real.status !== "failed" && options.state !== "touch") {
    expect(dry.status).toBe(real.status);
    const after = snapshot(dir);
    expect(await on.run(dir, file(options))).toMatchObject({ status: "ok", changes: [], roundTrips: 1 });
    expect(snapshot(dir)).toEqual(after);
  }
  return real.error ?? `${real.status} ${real.message}`.trim();
}

describe("absent", () => {
  test("removes whatever there is", async () => {
    const dir = on.dir();
    mkdirSync(`${dir}/full/of/things`, { recursive: true });
    writeFileSync(`${dir}/full/of/a`, "");
    symlinkSync("nowhere", `${dir}/dangling`);
    symlinkSync("keep", `${dir}/link`);
    mkdirSync(`${dir}/keep`);
    expect(await apply(dir, { path: `${dir}/full`, state: "absent" })).toBe(
      "changed state: directory → absent",
    );
    expect(await apply(dir, { path: "dangling", state: "absent" })).toBe("changed state: link → absent");
    expect(await apply(dir, { path: `${dir}/link/`, state: "absent" })).toBe("changed state: link → absent");
    expect(await apply(dir, { path: "never", state: "absent", mode: "0600" })).toBe("ok");
    expect(readdirSync(dir)).toEqual(["keep"]);
  });
});

describe("file and touch", () => {
  test("file makes an empty file, and leaves one as it is", async () => {
    const dir = on.dir();
    writeFileSync(`${dir}/full`, "content");
    symlinkSync("full", `${dir}/link`);
    expect(await apply(dir, { path: "-new", state: "file" })).toBe("changed state: absent → file");
    expect(await apply(dir, { path: "full", state: "file" })).toBe("ok");
    expect(await apply(dir, { path: "link", state: "file", mode: "0600" })).toBe("changed mode: 0644 → 0600");
    expect([readFileSync(`${dir}/-new`, "utf8"), readFileSync(`${dir}/full`, "utf8")]).toEqual([
      "",
      "content",
    ]);
  });

  test("touch sets the time, of a directory and through a link too", async () => {
    const dir = on.dir();
    writeFileSync(`${dir}/old`, "content");
    mkdirSync(`${dir}/folder`);
    symlinkSync("old", `${dir}/link`);
    for (const name of ["old", "folder"]) utimesSync(`${dir}/${name}`, 0, 0);
    expect(await apply(dir, { path: "folder", state: "touch" })).toMatch(/^changed modified: 1970-01-01T00/);
    expect(await apply(dir, { path: "link", state: "touch" })).toMatch(/^changed modified: 1970-01-01T00/);
    expect(await apply(dir, { path: "new", state: "touch" })).toMatch(/^changed state: absent → present/);
    const age = (name: string) => Date.now() / 1000 - statSync(`${dir}/${name}`).mtimeMs / 1000;
    expect(Math.max(...["old", "folder", "new"].map(age))).toBeLessThan(10);
    expect(readFileSync(`${dir}/old`, "utf8")).toBe("content");
  });

  test("what is in the way stays, unless force is set", async () => {
    const dir = on.dir();
    for (const name of ["a", "b"]) mkdirSync(`${dir}/${name}`);
    symlinkSync("nowhere", `${dir}/dangling`);
    expect(await apply(dir, { path: "a", state: "file" })).toMatch(/a is in the way, a directory: set force/);
    expect(await apply(dir, { path: "dangling", state: "file" })).toMatch(/is in the way, a link/);
    expect(await apply(dir, { path: "dangling", state: "touch" })).toMatch(/is in the way, a link/);
    expect(await apply(dir, { path: "b", state: "file", force: true })).toMatch(/^changed/);
    expect(statSync(`${dir}/b`).isFile()).toBe(true);
    expect(existsSync(`${dir}/nowhere`)).toBe(false);
  });
});

describe("directory", () => {
  test("with all above it; a link to one will do", async () => {
    const dir = on.dir();
    mkdirSync(`${dir}/there`);
    symlinkSync("there", `${dir}/link`);
    writeFileSync(`${dir}/file`, "");
    expect(await apply(dir, { path: "x/y/z/", state: "directory" })).toBe(
      "changed state: absent → directory",
    );
    expect(await apply(dir, { path: "link", state: "directory" })).toBe("ok");
    expect(await apply(dir, { path: "file", state: "directory" })).toMatch(/file is in the way/);
    expect(await apply(dir, { path: "file", state: "directory", force: true })).toMatch(/^changed/);
    expect(await apply(dir, { path: "file/../x", state: "directory" })).toBe("ok");
  });

  test("takes every mode there is, and loses setgid when told", async () => {
    const dir = on.dir();
    mkdirSync(`${dir}/d`);
    for (const mode of ["2755", "0755", "755", "1777", "0700", "4755", ...(isRoot ? ["0000"] : [])]) {
      expect(await apply(dir, { path: "d", state: "directory", mode })).toMatch(/^(changed mode|ok)/);
      expect(modeOf(`${dir}/d`).padStart(4, "0")).toBe(mode.padStart(4, "0"));
    }
    chmodSync(`${dir}/d`, 0o700);
  });

  test("recurse changes what differs, and nothing else", async () => {
    const dir = on.dir();
    mkdirSync(`${dir}/d/e`, { recursive: true });
    writeFileSync(`${dir}/outside`, "", { mode: 0o600 });
    for (const [name, mode] of [
      ["a", 0o644],
      ["e/b", 0o750],
      ["e/-c d\n", 0o2755],
    ] as const) {
      writeFileSync(`${dir}/d/${name}`, "");
      chmodSync(`${dir}/d/${name}`, mode);
    }
    symlinkSync("../../outside", `${dir}/d/e/link`);
    symlinkSync("d", `${dir}/way`);
    const wanted = { state: "directory", recurse: true, mode: "0750" } as const;
    const already = lstatSync(`${dir}/d/e/b`).ctimeMs;
    expect(await apply(dir, { path: "way", ...wanted })).toBe("changed mode: 5 others → all 0750");
    for (const name of ["d", "d/a", "d/e", "d/e/b", "d/e/-c d\n"])
      expect(modeOf(`${dir}/${name}`)).toBe("750");
    expect(modeOf(`${dir}/outside`)).toBe("600");
    expect(lstatSync(`${dir}/d/e/b`).ctimeMs).toBe(already);
    expect(await apply(dir, { path: "new", ...wanted })).toMatch(
      /^changed state: absent → directory, mode: /,
    );
    expect(await apply(dir, { path: "d", state: "directory", recurse: true, owner: "nosuchuser" })).toMatch(
      /cannot find out "owner": find: .*nosuchuser/,
    );
  });
});

describe("links", () => {
  test("link: made, turned, left alone; dangling ones too", async () => {
    const dir = on.dir();
    mkdirSync(`${dir}/folder`);
    expect(await apply(dir, { path: "l", state: "link", src: "nowhere" })).toMatch(
      /^changed state: absent → link/,
    );
    expect(await apply(dir, { path: "l", state: "link", src: "folder" })).toBe(
      "changed target: nowhere → folder",
    );
    // Not into the folder that it leads to.
    expect(await apply(dir, { path: "l", state: "link", src: "-x" })).toBe("changed target: folder → -x");
    expect([readlinkSync(`${dir}/l`), readdirSync(`${dir}/folder`)]).toEqual(["-x", []]);
    expect(await apply(dir, { path: "folder", state: "link", src: "x" })).toMatch(
      /folder is in the way, a directory/,
    );
    expect(await apply(dir, { path: "folder", state: "link", src: "x", force: true })).toMatch(/^changed/);
  });

  test("hard: the same inode; nothing is lost on the way", async () => {
    const dir = on.dir();
    writeFileSync(`${dir}/-a`, "a");
    writeFileSync(`${dir}/b`, "b");
    mkdirSync(`${dir}/folder`);
    symlinkSync("-a", `${dir}/soft`);
    expect(await apply(dir, { path: "h", state: "hard", src: "-a" })).toBe("changed state: absent → linked");
    expect(statSync(`${dir}/h`).ino).toBe(statSync(`${dir}/-a`).ino);
    expect(await apply(dir, { path: "h", state: "hard", src: "b" })).toMatch(/h is in the way, a file/);
    expect(await apply(dir, { path: "folder", state: "hard", src: "b" })).toMatch(/folder is in the way/);
    expect(readdirSync(`${dir}/folder`)).toEqual([]);
    expect(await apply(dir, { path: "h", state: "hard", src: "gone", force: true })).toMatch(
      /there is no file gone to link to/,
    );
    expect(readFileSync(`${dir}/h`, "utf8")).toBe("a");
    expect(await apply(dir, { path: "h", state: "hard", src: "b", force: true })).toBe(
      "changed state: file → linked",
    );
    linkSync(`${dir}/b`, `${dir}/other`);
    expect(await apply(dir, { path: "other", state: "hard", src: "b", mode: "0600" })).toBe(
      "changed mode: 0644 → 0600",
    );
  });
});

describe("owner and group", () => {
  test.runIf(isRoot)("by name, by number, with zeros before it, for all in a directory", async () => {
    const dir = on.dir();
    mkdirSync(`${dir}/d`);
    writeFileSync(`${dir}/d/a`, "");
    const own = (path: string) => [statSync(path).uid, statSync(path).gid];
    const path = "d/a";
    expect(await apply(dir, { path, state: "file", owner: "nobody", group: "daemon" })).toBe(
      "changed owner: root → nobody, group: root → daemon",
    );
    expect(await apply(dir, { path, state: "file", owner: "65534", group: "0001" })).toBe("ok");
    expect(await apply(dir, { path, state: "file", owner: "54321" })).toBe("changed owner: 65534 → 54321");
    expect(
      await apply(dir, { path: "d", state: "directory", recurse: true, owner: "daemon", group: "1" }),
    ).toBe("changed owner: 2 others → all daemon, group: 1 others → all 1");
    expect([own(`${dir}/d`), own(`${dir}/d/a`)]).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect(await apply(dir, { path, state: "file", owner: "nosuchuser" })).toMatch(
      /cannot bring about "owner": chown: invalid user: .nosuchuser/,
    );
  });

  test.runIf(isRoot)("a setuid file keeps its bits under a new owner", async () => {
    const dir = on.dir();
    writeFileSync(`${dir}/s`, "");
    chmodSync(`${dir}/s`, 0o4755);
    expect(await apply(dir, { path: "s", state: "file", owner: "daemon", mode: "4755" })).toMatch(
      /^changed owner/,
    );
    expect(modeOf(`${dir}/s`)).toBe("4755");
  });
});

test.runIf(isRoot && existsSync("/usr/bin/setpriv"))("who may not, is told so", async () => {
  const dir = on.dir();
  for (const path of [dirname(on.host.dir), on.host.dir, dirname(dir)]) chmodSync(path, 0o755);
  chmodSync(dir, 0o777);
  writeFileSync(`${dir}/root`, "");
  const calls = [
    file({ path: "a", state: "file", mode: "0600" }),
    file({ path: "root", state: "file", mode: "0600" }),
    file({ path: "a", state: "file", owner: "root" }),
    file({ path: "/etc/rcm-test", state: "file" }),
  ];
  const shell = "/usr/bin/setpriv --reuid 65534 --regid 65534 --clear-groups /bin/sh";
  const results = await runSteps(on.host, calls, { shell, step: { cwd: dir } });
  expect(results.map(({ error }) => error ?? "")).toEqual([
    "",
    expect.stringMatching(/^cannot bring about "mode": chmod: .*Operation not permitted$/),
    expect.stringMatching(/^cannot bring about "owner": chown: .*Operation not permitted$/),
    expect.stringMatching(/^cannot bring about "state": .*Permission denied$/),
  ]);
});

test.each([
  [{ path: "a", state: "link" }, /src goes with the states link and hard/],
  [{ path: "a", state: "file", src: "b" }, /src goes with the states link and hard/],
  [{ path: "a", state: "file", recurse: true }, /recurse goes with the state directory/],
  [
    { path: "a", state: "link", src: "b", mode: "0644" },
    /owner, group and mode are those of what the link points to/,
  ],
  [{ path: "", state: "file" }, /option "path"/],
  [{ path: "/..//", state: "absent" }, /the root directory cannot be removed/],
  [{ path: "/", state: "link", src: "b", force: true }, /the root directory cannot be removed/],
  [{ path: "a", state: "file", mode: "u+x" }, /option "mode": wanted an octal mode such as "0644"/],
  [{ path: "a", state: "file", owner: "a b" }, /option "owner": wanted the name or number/],
  [{ path: "a\0", state: "file" }, /option "path": it cannot hold a NUL character/],
  [{ path: "a\ud800", state: "file" }, /option "path": it holds half a character/],
  [
    { path: "a", state: "directory", modes: "0644" },
    /no option "modes": did you mean "mode"|no option "modes"/,
  ],
])("refuses %j", async (options, message) => {
  await expect(on.run(on.dir(), file(options as never))).rejects.toThrow(message);
});
