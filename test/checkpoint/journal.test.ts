import { execFileSync } from "node:child_process";
import { appendFile, mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FileJournal, restore } from "../../src/checkpoint/journal.ts";
import type { Result } from "../../src/module/result.ts";
import { fromSource } from "../support/from-source.ts";

let dir: string;
let path: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "rcm-journal-"));
  path = join(dir, "host.jsonl");
});
afterEach(() => rm(dir, { recursive: true }));

const result: Result = {
  status: "changed",
  changed: true,
  message: "",
  output: "x\n",
  stderr: "",
  changes: [],
  attempts: 1,
  startedAt: 1,
  endedAt: 2,
};

test("what was appended is read again: finished, only begun, rebooting; what was blocked is as if it had not begun", async () => {
  const journal = await FileJournal.open(path);
  await journal.append({ type: "started", step: "a", at: 1 });
  await journal.append({ type: "finished", step: "a", result });
  await journal.append({ type: "started", step: "b", at: 2 });
  await journal.append({ type: "rebooting", step: "b", bootId: "id", at: 3 });
  await journal.append({ type: "started", step: "c", at: 4 });
  await journal.append({ type: "blocked", step: "c", at: 5 });
  await journal.close();
  const { finished, started, rebooting } = await restore(path);
  expect([...finished]).toEqual([["a", result]]);
  expect([...started]).toEqual(["b"]);
  expect([...rebooting]).toEqual([["b", "id"]]);
});

test("many at once are all kept, in order", async () => {
  const journal = await FileJournal.open(path);
  const steps = Array.from({ length: 500 }, (_, i) => `s${i}`);
  await Promise.all(steps.map((step) => journal.append({ type: "finished", step, result })));
  await journal.close();
  expect([...(await restore(path)).finished.keys()]).toEqual(steps);
});

test("a torn or damaged line ends it, and the next append goes in its place", async () => {
  const journal = await FileJournal.open(path);
  await journal.append({ type: "finished", step: "a", result });
  await journal.append({ type: "finished", step: "b", result });
  await journal.close();
  const whole = await readFile(path);
  for (let cut = 1; cut < whole.length; cut += 7) {
    await writeFile(path, whole);
    await truncate(path, cut);
    const expected = whole.subarray(0, cut).filter((byte) => byte === 10).length;
    expect((await restore(path)).finished.size).toBe(expected);
    const again = await FileJournal.open(path);
    await again.append({ type: "finished", step: "c", result });
    await again.close();
    expect([...(await restore(path)).finished.keys()].at(-1)).toBe("c");
    expect((await restore(path)).finished.size).toBe(expected + 1);
  }
  await writeFile(path, whole.toString().replace('"step":"a"', '"step":"z"'));
  await appendFile(path, "");
  expect((await restore(path)).finished.size).toBe(0);
});

test("a disk that takes no more is an error that says so, and what was written stays readable", async () => {
  const script = `const { FileJournal } = ${fromSource("src/checkpoint/journal.ts")};
const journal = await FileJournal.open(${JSON.stringify(path)});
try { for (let i = 0; ; i++) await journal.append({ type: "started", step: "s" + i, at: i }); }
catch (error) { console.log(error.code, error.message); }`;
  // A limit on the size of files cuts a write short in the middle, as a full disk does.
  const limited = 'trap "" XFSZ; ulimit -f 4; exec "$0" --input-type=module -e "$1"';
  const said = execFileSync("/bin/bash", ["-c", limited, process.execPath, script]).toString();
  expect(said).toMatch(/^state Cannot write the checkpoint ".*": EFBIG/);
  const { started } = await restore(path);
  expect(started.size).toBeGreaterThan(10);
  expect((await readFile(path)).at(-1)).toBe(10);
});
