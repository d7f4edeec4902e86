import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, linkSync, lstatSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { copy, stat } from "../../modules/index.ts";
import { runbook, type StepContext } from "../../src/index.ts";
import { describeModule, runSteps, snapshot } from "../../src/testing/index.ts";
import { stage } from "./stage.ts";

type Own = Partial<Parameters<typeof stat>[0]>;

const on = stage();
const isRoot = process.getuid?.() === 0;

async function look(dir: string, path: string, more: Own = {}) {
  const before = snapshot(dir);
  const results = [
    await on.run(dir, stat({ path, ...more }), { mode: "check" }),
    await on.run(dir, stat({ path, ...more })),
  ];
  expect(results.map(({ status, changed, roundTrips }) => [status, changed, roundTrips])).toEqual([
    ["ok", false, 1],
    ["ok", false, 1],
  ]);
  expect(results[0]?.output).toEqual(results[1]?.output);
  expect(snapshot(dir).map((line) => line.split(" ")[0])).toEqual(before.map((line) => line.split(" ")[0]));
  return { message: results[1]?.message, ...(results[1]?.output as object) };
}

test("a file", async () => {
  const dir = on.dir();
  writeFileSync(`${dir}/f`, "hello\n");
  chmodSync(`${dir}/f`, 0o4640);
  linkSync(`${dir}/f`, `${dir}/g`);
  const { uid, gid, ino, dev, mtimeMs, ctimeMs } = lstatSync(`${dir}/f`);
  const name = (flag: string) => execFileSync("id", [flag], { encoding: "utf8" }).trim();
  expect(await look(dir, "f")).toMatchObject({
    message: `file 4640 ${name("-un")}:${name("-gn")} 6 bytes`,
    exists: true,
    ...{ path: "f", kind: "file", mode: "4640", owner: name("-un"), group: name("-gn"), uid, gid },
    ...{ size: 6, links: 2, inode: ino, device: dev, readable: true, writable: true, executable: false },
    modifiedAt: Math.floor(mtimeMs / 1000) * 1000,
    changedAt: Math.floor(ctimeMs / 1000) * 1000,
    checksum: createHash("sha256").update("hello\n").digest("hex"),
  });
});

test.each(["md5", "sha1", "sha224", "sha256", "sha384", "sha512"] as const)("its %s", async (algorithm) => {
  const dir = on.dir();
  writeFileSync(`${dir}/f`, "hello\n");
  expect(await look(dir, "f", { checksumAlgorithm: algorithm })).toMatchObject({
    checksum: createHash(algorithm).update("hello\n").digest("hex"),
  });
});

test("nothing, a directory, links and others", async () => {
  const dir = on.dir();
  mkdirSync(`${dir}/d`, { mode: 0o755 });
  symlinkSync("d", `${dir}/link`);
  symlinkSync("a\nb\n", `${dir}/dangling`);
  execFileSync("mkfifo", [`${dir}/fifo`]);
  writeFileSync(`${dir}/f`, "");
  expect(await look(dir, "none")).toEqual({ message: "absent", exists: false, path: "none" });
  expect(await look(dir, "none/below")).toMatchObject({ exists: false });
  expect(await look(dir, "f/below")).toMatchObject({ exists: false });
  expect(await look(dir, "d")).toMatchObject({ kind: "directory", mode: "0755", executable: true });
  expect(await look(dir, "link")).toMatchObject({ kind: "link", target: "d" });
  expect(await look(dir, "link", { follow: true })).toMatchObject({ kind: "directory" });
  expect(await look(dir, "dangling")).toMatchObject({ kind: "link", target: "a\nb\n" });
  expect(await look(dir, "dangling", { follow: true })).toMatchObject({ exists: false });
  expect(await look(dir, "fifo")).toMatchObject({ kind: "fifo" });
  expect(await look(dir, "/dev/null")).toMatchObject({ kind: "character" });
  const whole = await look(dir, "f", { getChecksum: false });
  for (const key of ["checksum", "target", "mimeType"]) expect(whole).not.toHaveProperty(key);
});

test("mime type, or unknown", async () => {
  const dir = on.dir();
  writeFileSync(`${dir}/f`, "hello\n");
  const hasFile = execFileSync("sh", ["-c", "command -v file || true"]).length > 0;
  const wanted = hasFile
    ? { mimeType: "text/plain", charset: "us-ascii" }
    : { mimeType: "unknown", charset: "unknown" };
  expect(await look(dir, "f", { getMime: true })).toMatchObject(wanted);
});

test("others read its output with its type, and what is shown of it is one line", async () => {
  const dir = on.dir();
  writeFileSync(`${dir}/f`, "hello\n");
  const shown: string[] = [];
  const sizeOf = (ctx: StepContext) => String((ctx.output({ name: "step 1" }) as { size: number }).size);
  for (const mode of ["check", "apply"] as const) {
    const [, second] = await runSteps(
      on.host,
      [stat({ path: "f" }), copy({ content: sizeOf, dest: "size" })],
      {
        mode,
        step: { cwd: dir },
        listen: (event) => event.type === "step-output" && shown.push(event.data.toString()),
      },
    );
    expect(second?.changes[0]).toMatchObject({ want: "6" });
  }
  expect(shown).toEqual([]);
  runbook("types", {}, ({ step }) => {
    const looked = step("look", stat({ path: "f" }));
    step("use", copy({ dest: "g", content: ({ output }) => (output(looked)?.exists ? "yes" : "no") }));
    // @ts-expect-error there is no such field
    step("wrong", copy({ dest: "h", content: ({ output }) => output(looked)?.nope }));
  });
});

test.runIf(!isRoot)("a folder that cannot be entered is an error, not an absence", async () => {
  const dir = on.dir();
  mkdirSync(`${dir}/d`, { mode: 0 });
  expect(await on.run(dir, stat({ path: "d/f" }))).toMatchObject({ error: /permission denied/ });
});

describeModule(
  { describe, test, afterAll },
  {
    module: stat,
    changes: false,
    arrange: (dir) => writeFileSync(`${dir}/f`, ""),
    call: (dir) => stat({ path: `${dir}/f` }),
    holds: (_dir, { output }) => expect(output).toMatchObject({ exists: true, size: 0 }),
    hostile: (_dir, value) => stat({ path: `./${value.slice(0, 200)}`, getMime: true }),
    arrived: (_dir, value, { output }) =>
      expect(output).toEqual({ exists: false, path: `./${value.slice(0, 200)}` }),
    lines: true,
    failures: {
      "an algorithm that is none": {
        call: () => stat({ path: "f", checksumAlgorithm: "crc" as never }),
        error: /option "checksumAlgorithm"/,
      },
    },
  },
);
