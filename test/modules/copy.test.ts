import { createHash, randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { describe, expect, test } from "vitest";
import { command, copy } from "../../modules/index.ts";
import { runStep, runSteps, snapshot } from "../../src/testing/index.ts";
import { stage } from "./stage.ts";

const isRoot = process.getuid?.() === 0;
const on = stage();
const read = (path: string) => readFileSync(path, "utf8");
const modeOf = (path: string) => (statSync(path).mode & 0o7777).toString(8);
const sha256 = (bytes: Buffer | string) => createHash("sha256").update(bytes).digest("hex");

/** Dry run, run, and run again; checks what always holds. Local paths begin beside the directory. */
async function apply(dir: string, options: Parameters<typeof copy>[0]) {
  const folder = dirname(dir);
  const before = snapshot(dir);
  const dry = await on.run(dir, copy(options), { mode: "check", folder });
  expect(snapshot(dir)).toEqual(before);
  const real = await on.run(dir, copy(options), { folder });
  if (real.status !== "failed") {
    expect(dry.status).toBe(real.status);
    const after = snapshot(dir);
    const again = await on.run(dir, copy(options), { folder });
    expect(again).toMatchObject({ status: "ok", changes: [], roundTrips: 1 });
    expect(snapshot(dir)).toEqual(after);
  }
  expect(readdirSync(dir).filter((name) => name.startsWith(".rcm"))).toEqual([]);
  return real;
}

describe("content", () => {
  test.each([
    ["nothing", ""],
    ["a line", "a line\n"],
    ["no newline at its end", "a\nb"],
    ["only newlines", "\n\n\n"],
    ["quotes and code", "$(id) `id` 'x' \"y\" \\ %s \\n\n"],
    ["32 KiB", "x".repeat(32 * 1024)],
    ["40 KiB", "héllo\n".repeat(6000)],
    ["NUL", "a\0b"],
    ["any character", String.fromCodePoint(...Array.from({ length: 0x3000 }, (_, i) => i + 1))],
  ])("%s arrives as it is", async (_, content) => {
    const dir = on.dir();
    const { status } = await apply(dir, { content, dest: "a" });
    expect(status).toBe("changed");
    expect(read(`${dir}/a`)).toBe(content);
  });

  test("is shown as a diff of texts; what is none, by its hash", async () => {
    const dir = on.dir();
    writeFileSync(`${dir}/a`, "old\n");
    const { changes, message } = await apply(dir, { content: "new\n", dest: "a" });
    expect(changes).toEqual([{ property: "content", was: "old\n", want: "new\n", text: true }]);
    expect(message).toBe("content");
    const binary = await apply(dir, { content: "\0", dest: "a" });
    expect(binary.message).toMatch(/^content: sha256 [0-9a-f]{12}… → sha256 [0-9a-f]{12}…$/);
  });
});

describe("src", () => {
  test.each([
    ["5 MB of any bytes", randomBytes(5_000_000)],
    ["latin1", Buffer.from("caf\u00e9\n", "latin1")],
    ["nothing", Buffer.alloc(0)],
    ["a text", Buffer.from("text\n")],
  ])("%s", async (_, bytes) => {
    const dir = on.dir();
    writeFileSync(`${dir}/../-it's src`, bytes);
    await apply(dir, { src: "-it's src", dest: "sub/a" });
    expect(sha256(readFileSync(`${dir}/sub/a`))).toBe(sha256(bytes));
    await apply(dir, { src: "-it's src", dest: "sub/" });
    expect(sha256(readFileSync(`${dir}/sub/-it's src`))).toBe(sha256(bytes));
  });

  test("what was placed is looked at again, however long it is", async () => {
    const dir = on.dir();
    writeFileSync(`${dir}/../long`, randomBytes(5_000_000));
    mkdirSync(`${dir}/bin`);
    writeFileSync(`${dir}/bin/mv`, '#!/bin/sh\necho cut >"$3"\n', { mode: 0o755 });
    const step = { env: { PATH: `${dir}/bin:${process.env.PATH}` } };
    const { status, error } = await on.run(dir, copy({ src: "long", dest: "a" }), {
      folder: dirname(dir),
      step,
    });
    expect([status, error]).toEqual([
      "failed",
      expect.stringMatching(/"content" is still "sha256 .* after it was/),
    ]);
  });

  test("a long file is not copied on its host, however often it is sent, and stays what it was", async () => {
    const dir = on.dir();
    const bytes = randomBytes(5_000_000);
    writeFileSync(`${dir}/../long`, bytes);
    mkdirSync(`${dir}/bin`);
    const cat = '#!/bin/sh\necho cat >>"$CATS"\nexec /bin/cat\n';
    writeFileSync(`${dir}/bin/cat`, cat, { mode: 0o755 });
    const step = { env: { PATH: `${dir}/bin:${process.env.PATH}`, CATS: `${dir}/../cats` } };
    const results = await runSteps(
      on.host,
      [
        copy({ src: "long", dest: `${dir}/a` }),
        command({ cmd: `echo more >>${dir}/a` }),
        copy({ src: "long", dest: `${dir}/b`, mode: "0600" }),
        command({ cmd: `cmp ${dir}/b ${dir}/../long` }),
      ],
      { folder: dirname(dir), step },
    );
    expect(results.map(({ status }) => status)).toEqual(["changed", "changed", "changed", "changed"]);
    expect(existsSync(`${dir}/../cats`)).toBe(false);
    expect(sha256(readFileSync(`${dir}/b`))).toBe(sha256(bytes));
    expect(statSync(`${dir}/a`).size).toBe(bytes.length + "more\n".length);
    expect([statSync(`${dir}/a`).nlink, statSync(`${dir}/b`).nlink]).toEqual([1, 1]);
  });

  test("a directory as dest needs a / at its end", async () => {
    const dir = on.dir();
    mkdirSync(`${dir}/d`);
    symlinkSync("d", `${dir}/l`);
    for (const dest of ["d", "l"]) {
      expect((await apply(dir, { src: "/etc/hosts", dest })).error).toMatch(/ is a directory$/);
      expect((await apply(dir, { src: "/etc/hosts", dest: `${dest}/` })).error).toBeUndefined();
    }
    expect(readdirSync(`${dir}/d`)).toEqual(["hosts"]);
  });
});

describe("who may do what", () => {
  test("new files go by the umask, unless a mode is wanted", async () => {
    const dir = on.dir();
    await apply(dir, { content: "", dest: "a" });
    expect(modeOf(`${dir}/a`)).toBe("644");
    const shell = `${dir}/../careful`;
    writeFileSync(shell, "#!/bin/sh\numask 027\nexec /bin/sh\n", { mode: 0o755 });
    await runStep(on.host, copy({ content: "", dest: `${dir}/b` }), { shell });
    expect(modeOf(`${dir}/b`)).toBe("640");
    await apply(dir, { content: "", dest: "c", mode: "0777" });
    expect(modeOf(`${dir}/c`)).toBe("777");
  });

  test("a file that is replaced keeps its mode and owner, setuid included", async () => {
    const dir = on.dir();
    writeFileSync(`${dir}/a`, "old");
    if (isRoot) chownSync(`${dir}/a`, 65534, 1);
    chmodSync(`${dir}/a`, 0o4751);
    await apply(dir, { content: "new", dest: "a" });
    expect([modeOf(`${dir}/a`), read(`${dir}/a`)]).toEqual(["4751", "new"]);
    if (isRoot) expect(statSync(`${dir}/a`)).toMatchObject({ uid: 65534, gid: 1 });
  });

  test.runIf(isRoot)("mode, owner and group hold for a file that is there too", async () => {
    const dir = on.dir();
    writeFileSync(`${dir}/a`, "same");
    const wanted = { content: "same", dest: "a", mode: "0600", owner: "daemon", group: "65534" };
    const { message } = await apply(dir, wanted);
    expect(message).toBe("owner: root → daemon, group: 0 → 65534, mode: 0644 → 0600");
    chmodSync(`${dir}/a`, 0o4755);
    expect((await apply(dir, { ...wanted, content: "new", mode: "4755", owner: "nobody" })).status).toBe(
      "changed",
    );
    expect([modeOf(`${dir}/a`), statSync(`${dir}/a`).uid]).toEqual(["4755", 65534]);
  });

  test.runIf(isRoot && existsSync("/usr/bin/setpriv"))("who may not read or write, is told so", async () => {
    const dir = on.dir();
    for (const path of [dirname(on.host.dir), on.host.dir, dirname(dir), dir]) chmodSync(path, 0o755);
    writeFileSync(`${dir}/secret`, "x", { mode: 0o600 });
    const shell = "/usr/bin/setpriv --reuid 65534 --regid 65534 --clear-groups /bin/sh";
    const calls = [copy({ content: "y", dest: "secret" }), copy({ content: "y", dest: "new" })];
    const results = await runSteps(on.host, calls, { shell, step: { cwd: dir } });
    expect(results.map(({ error }) => error)).toEqual([
      'cannot find out "content": secret: permission denied',
      expect.stringMatching(/^cannot bring about "content": mktemp: .*Permission denied$/),
    ]);
  });
});

describe("what lies at dest", () => {
  test("a link is replaced, or followed", async () => {
    const dir = on.dir();
    const set = () => {
      for (const name of ["link", "dangling", "loop"]) {
        mkdirSync(`${dir}/x`, { recursive: true });
        symlinkSync(name === "link" ? "target" : name === "loop" ? "loop" : "gone", `${dir}/x/${name}`);
      }
      writeFileSync(`${dir}/x/target`, "old");
    };
    set();
    await apply(dir, { content: "new", dest: "x/link" });
    await apply(dir, { content: "new", dest: "x/dangling" });
    expect([
      read(`${dir}/x/link`),
      read(`${dir}/x/target`),
      readdirSync(`${dir}/x`).includes("gone"),
    ]).toEqual(["new", "old", false]);
    expect(statSync(`${dir}/x/dangling`).isFile()).toBe(true);
    const other = on.dir();
    symlinkSync("target", `${other}/link`);
    symlinkSync("gone", `${other}/dangling`);
    symlinkSync("no/such/folder", `${other}/lost`);
    writeFileSync(`${other}/target`, "old");
    for (const dest of ["link", "dangling"]) await apply(other, { content: "new", dest, follow: true });
    expect([readlinkSync(`${other}/link`), read(`${other}/target`), read(`${other}/gone`)]).toEqual([
      "target",
      "new",
      "new",
    ]);
    expect((await apply(other, { content: "new", dest: "lost", follow: true })).error).toMatch(
      /lost is a link that leads nowhere/,
    );
  });

  test("what is no file stays what it is", async () => {
    const { error } = await on.run(on.dir(), copy({ content: "x", dest: "/dev/null" }));
    expect(error).toBe('cannot bring about "content": /dev/null is not a regular file');
    expect(statSync("/dev/null").isCharacterDevice()).toBe(true);
  });

  test("without force it stays as it is, down to its mode", async () => {
    const dir = on.dir();
    writeFileSync(`${dir}/a`, "old");
    const { status } = await apply(dir, { content: "new", dest: "a", force: false, mode: "0600" });
    expect([status, read(`${dir}/a`), modeOf(`${dir}/a`)]).toEqual(["ok", "old", "644"]);
    await apply(dir, { content: "new", dest: "b", force: false, mode: "0600" });
    expect([read(`${dir}/b`), modeOf(`${dir}/b`)]).toEqual(["new", "600"]);
  });
});

describe("backup and validate", () => {
  test("every old file is kept, however fast they follow each other", async () => {
    const dir = on.dir();
    const contents = ["1", "2", "3", "4"];
    await runSteps(
      on.host,
      contents.map((content) => copy({ content, dest: "a", backup: true })),
      { step: { cwd: dir } },
    );
    const kept = readdirSync(dir).filter((name) => /^a\.\d{4}-\d\d-\d\d@\d\d:\d\d:\d\d(\.\d)?~$/.test(name));
    expect(kept.map((name) => read(`${dir}/${name}`)).sort()).toEqual(["1", "2", "3"]);
  });

  test.each(["test -s %s", "test -s '%s'", 'test -s "%s"', "grep -q new %s && test -f %s"])(
    "%s says yes",
    async (validate) => {
      const dir = on.dir();
      mkdirSync(`${dir}/it's a dir`);
      const { error } = await apply(dir, { content: "new", dest: "it's a dir/a", validate });
      expect([error, read(`${dir}/it's a dir/a`)]).toEqual([undefined, "new"]);
    },
  );

  test("no leaves dest untouched, and tells what it said", async () => {
    const dir = on.dir();
    writeFileSync(`${dir}/a`, "old", { mode: 0o640 });
    const before = snapshot(dir, { times: false });
    const validate = 'echo "checking"; echo "line 7: no" >&2; cat %s >&2; exit 4';
    const { error, stderr } = await apply(dir, { content: "new", dest: "a", validate, backup: true });
    expect(error).toBe('cannot bring about "content": validate refused the new content (exit status 4): new');
    expect(stderr).toContain("checking\nline 7: no\nnew\n");
    expect(snapshot(dir, { times: false })).toEqual(before);
    expect((await apply(dir, { content: "new", dest: "a", validate: "no-such-checker %s" })).error).toMatch(
      /exit status 127.*no-such-checker/,
    );
  });

  test("a time-out while it validates leaves nothing behind", async () => {
    const dir = on.dir();
    const call = copy({ content: "x", dest: "a", validate: "echo up; sleep 60; : %s" });
    const { error } = await runStep(on.host, call, { step: { cwd: dir, timeout: 300 } });
    expect([error, readdirSync(dir)]).toEqual(["timed out after 0.3 s", []]);
  });
});

test.each([
  [{ dest: "a" }, /exactly one of src and content/],
  [{ dest: "a/", content: "x" }, /content needs the name of a file/],
  [{ dest: "a", content: "x", validate: "true" }, /option "validate": wanted a command with %s/],
  [{ dest: "a", content: "\ud800" }, /half a character/],
  [{ dest: "~/a", content: "" }, /option "dest": ~ does not stand/],
  [{ dest: "a", src: "/dev/null" }, /Cannot send "\/dev\/null": it is not a regular file/],
  [{ dest: "a", content: "", mode: "0999" }, /option "mode"/],
])("refuses %j", async (options, message) => {
  await expect(on.run(on.dir(), copy(options as never))).rejects.toThrow(message);
});
