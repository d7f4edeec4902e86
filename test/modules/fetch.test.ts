import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { fetch } from "../../modules/index.ts";
import { describeModule, snapshot } from "../../src/testing/index.ts";
import { stage } from "./stage.ts";

const on = stage();

test("fetches what differs, byte by byte, and only then", async () => {
  const dir = on.dir();
  const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 7919) % 256));
  writeFileSync(`${dir}/f`, bytes);
  const call = fetch({ src: "f", dest: "got" });
  const before = snapshot(dir);
  expect(await on.run(dir, call, { mode: "check" })).toMatchObject({
    status: "changed",
    message: `would fetch f to ${dir}/got/test/f`,
  });
  expect(snapshot(dir)).toEqual(before);
  expect(await on.run(dir, call)).toMatchObject({ status: "changed", output: { path: `${dir}/got/test/f` } });
  expect(readFileSync(`${dir}/got/test/f`).equals(bytes)).toBe(true);
  expect(await on.run(dir, call)).toMatchObject({ status: "ok" });
  expect(await on.run(dir, call, { mode: "check" })).toMatchObject({ status: "ok" });
  writeFileSync(`${dir}/f`, "");
  await on.run(dir, call);
  expect(readFileSync(`${dir}/got/test/f`, "utf8")).toBe("");
  expect(readdirSync(`${dir}/got/test`)).toEqual(["f"]);
});

test("where it goes", async () => {
  const dir = on.dir();
  mkdirSync(`${dir}/d`);
  writeFileSync(`${dir}/d/f`, "x");
  await on.run(dir, fetch({ src: `${dir}/d/f`, dest: "all" }));
  await on.run(dir, fetch({ src: "d/../../dir/d/f", dest: "safe" }));
  await on.run(dir, fetch({ src: "d/f", dest: "flat/name", flat: true }));
  await on.run(dir, fetch({ src: "d/f", dest: "flat/", flat: true }));
  const paths = [`all/test${dir}/d/f`, "safe/test/dir/d/f", "flat/name", "flat/f"];
  expect(paths.map((path) => readFileSync(`${dir}/${path}`, "utf8"))).toEqual(["x", "x", "x", "x"]);
});

test("a file that is missing may be fine", async () => {
  const dir = on.dir();
  const result = await on.run(dir, fetch({ src: "none", dest: "got", failOnMissing: false }));
  expect(result).toMatchObject({ status: "ok", message: "none does not exist" });
  expect(readdirSync(dir)).toEqual([]);
});

describeModule(
  { describe, test, afterAll },
  {
    module: fetch,
    arrange: (dir) => writeFileSync(`${dir}/f`, "text\n"),
    call: (dir) => fetch({ src: "f", dest: `${dir}/g`, flat: true }),
    holds: (dir) => expect(readFileSync(`${dir}/g`, "utf8")).toBe("text\n"),
    hostile: (dir, value) =>
      fetch({ src: `./${value.slice(0, 60)}`, dest: `${dir}/got`, failOnMissing: false }),
    failures: {
      "no file": {
        call: (dir) => fetch({ src: "none", dest: dir }),
        error: /^none does not exist on the host$/,
      },
      "a directory": {
        call: (dir) => fetch({ src: dir, dest: dir }),
        error: /is a directory: fetch its files/,
      },
      "something in the way here": {
        arrange: (dir) => mkdirSync(`${dir}/g`),
        call: (dir) => fetch({ src: "f", dest: `${dir}/g`, flat: true }),
        error: /\/g is in the way on this machine/,
      },
      "a folder here that cannot be made": {
        arrange: (dir) => chmodSync(`${dir}/f`, 0o644),
        call: (dir) => fetch({ src: "f", dest: `${dir}/f/g`, flat: true }),
        error: /ENOTDIR|not a directory/i,
      },
    },
  },
);
