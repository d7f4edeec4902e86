import { appendFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { fileName, stateFolder } from "../../src/checkpoint/folder.ts";
import { FileSink, readSink } from "../../src/checkpoint/sink.ts";
import type { Stream } from "../../src/sink/sink.ts";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "rcm-sink-"));
});
afterEach(() => rm(dir, { recursive: true }));

async function all(path: string, stream?: Stream): Promise<string> {
  const parts: Buffer[] = [];
  for await (const { data } of readSink(path, stream)) parts.push(data);
  return Buffer.concat(parts).toString();
}

test("both streams are kept as they came, and can be told apart; the last attempt's output is a value", async () => {
  const path = join(dir, "step");
  const sink = new FileSink(path);
  sink.begin(1);
  sink.write("stdout", Buffer.from("a1"));
  sink.write("stderr", Buffer.from("e1"));
  sink.begin(2);
  sink.write("stdout", Buffer.from("a2"));
  sink.write("stderr", Buffer.from("e2"));
  sink.write("stdout", Buffer.from("b2"));
  sink.close();
  expect(await all(path)).toBe("a1e1a2e2b2");
  expect(await all(path, "stdout")).toBe("a1a2b2");
  expect(await all(path, "stderr")).toBe("e1e2");
  expect(sink.last("stdout")?.toString()).toBe("a2b2");
  // rcm died while it wrote the index; then another run of it begins at attempt 1 again.
  appendFileSync(`${path}.idx`, '["o",');
  expect(new FileSink(path).last("stdout")?.toString()).toBe("a2b2");
});

test("an attempt that prints nothing is not taken for the one before", () => {
  const sink = new FileSink(join(dir, "step"));
  sink.begin(1);
  sink.write("stdout", Buffer.from("first"));
  sink.begin(2);
  expect(sink.last("stdout")?.toString()).toBe("");
  sink.close();
  // So it is when the run is resumed, too.
  sink.begin(1);
  sink.write("stderr", Buffer.from("again"));
  const later = new FileSink(join(dir, "step"));
  later.begin(2);
  later.close();
  expect(later.last("stderr")?.toString()).toBe("");
});

test("a step that printed nothing leaves no file, and its output is empty", () => {
  const sink = new FileSink(join(dir, "quiet"));
  sink.begin(1);
  sink.close();
  expect(sink.last("stdout")?.length).toBe(0);
});

test.each([
  ["web1.example.com", "web1.example.com"],
  ["..", "%2E."],
  ["a/b c", "a%2Fb%20c"],
  ["世", "%E4%B8%96"],
])("the file name of %s is %s", (name, file) => {
  expect(fileName(name)).toBe(file);
});

test("long names that begin alike get different files", () => {
  expect(fileName("x".repeat(300))).not.toBe(fileName(`${"x".repeat(299)}y`));
  expect(fileName("x".repeat(300)).length).toBeLessThan(130);
});

test("the state folder is the one named, the one beside, or the user's own", () => {
  expect(stateFolder({ RCM_STATE_DIR: "/x" }, dir)).toBe("/x");
  expect(stateFolder({ XDG_STATE_HOME: "/y" }, dir)).toBe("/y/rcm");
  // The XDG specification calls relative values invalid.
  expect(stateFolder({ XDG_STATE_HOME: "y" }, dir)).toMatch(/\.local\/state\/rcm$/);
});
