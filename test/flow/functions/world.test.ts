import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { evaluate } from "../../../src/flow/evaluate/evaluate.ts";
import { Scope } from "../../../src/flow/evaluate/scope.ts";
import { controllerWorld } from "../../../src/flow/functions/controller-world.ts";
import { functionsIn } from "../../../src/flow/functions/table.ts";
import { parseExpressionText } from "../../../src/flow/syntax/parse.ts";
import type { FlowValue } from "../../../src/flow/value.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "rcm-functions-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** What an expression comes to on this machine, in a run. */
function worth(code: string, seed = "one run"): FlowValue {
  const world = controllerWorld({ now: new Date("2026-01-02T03:04:05.678Z"), seed, folder });
  return evaluate(parseExpressionText(code, "x.hcl"), new Scope(new Map(), functionsIn(world)));
}

test("files of the controller", async () => {
  await mkdir(join(folder, "deep/er"), { recursive: true });
  for (const name of ["a.txt", "deep/b.txt", "deep/er/c.txt", "deep/d.md"]) {
    await writeFile(join(folder, name), `in ${name}, \${x}`);
  }
  await symlink(join(folder, "deep"), join(folder, "deep/er/round"));
  await writeFile(join(folder, "bytes"), Buffer.from([0xff, 0xfe]));
  expect(worth('file("a.txt")')).toBe("in a.txt, ${x}");
  expect(worth('templatefile("deep/b.txt", {x = 1})')).toBe("in deep/b.txt, 1");
  expect(worth('filebase64("bytes")')).toBe("//4=");
  expect(worth('[fileexists("a.txt"), fileexists("deep"), fileexists("none")]')).toEqual([
    true,
    false,
    false,
  ]);
  expect(worth('list(fileset(".", "**/*.txt"))')).toEqual(["a.txt", "deep/b.txt", "deep/er/c.txt"]);
  expect(worth('list(fileset("deep", "?.{md,txt}"))')).toEqual(["b.txt", "d.md"]);
  expect(() => worth('file("bytes")')).toThrow("is no UTF-8 text; filebase64 reads it");
  expect(() => worth('fileset("none", "*")')).toThrow("cannot look into");
  expect(() => worth('templatefile("a.txt", {})')).toThrow(
    expect.objectContaining({ where: expect.objectContaining({ file: join(folder, "a.txt"), column: 13 }) }),
  );
});

test("a run has one time, and UUIDs of its own", () => {
  expect(worth("timestamp()")).toBe("2026-01-02T03:04:05Z");
  expect(worth("str(now())")).toBe("2026-01-02 03:04:05+00:00");
  const ids = worth("[for i in range(2) : [uuid(), uuid()]]");
  expect(new Set((ids as string[][]).flat()).size).toBe(4);
  expect(worth("[for i in range(2) : [uuid(), uuid()]]")).toEqual(ids);
  expect(worth("uuid()")).not.toBe(worth("uuid()", "another run"));
  expect(worth("uuid()")).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
