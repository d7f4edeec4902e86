import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const TEXT = readFileSync(`${ROOT}docs/seeds.md`, "utf8");

/** A file of tests and one of its titles, as `docs/seeds.md` names them: `test/a.test.ts` "a title". */
const NAMED = [...TEXT.matchAll(/`(test\/[\w./-]+\.test\.ts)` "((?:[^"\\]|\\.)+)"/g)].map(
  ([, file = "", title = ""]) => ({ file, title }),
);

/** What a table's rows begin with. */
function rows(pattern: RegExp): readonly string[] {
  return [...TEXT.matchAll(pattern)].map(([, name = ""]) => name);
}

test("every row of the seed's checklist has a line, in order, and each line names a test", () => {
  const wanted = Array.from({ length: 48 }, (_, i) => `R${i + 1}`);
  expect(rows(/^\| (R\d+) +\|/gm)).toEqual(wanted);
  const bare = TEXT.split("\n").filter(
    (line) => /^\| (R\d|Gotcha)/.test(line) && !/\.test\.ts` "/.test(line),
  );
  expect(bare).toEqual([]);
});

test("every line under the seed's gotchas has one", () => {
  expect(
    rows(/^\| Gotcha, (\w+) \d/gm).reduce<Record<string, number>>((counts, part) => {
      counts[part] = (counts[part] ?? 0) + 1;
      return counts;
    }, {}),
  ).toEqual({ graph: 3, execution: 4, secrets: 4, checkpoints: 3, schema: 5, sinks: 3, stubs: 4 });
});

test("every test that is named is there", () => {
  expect(NAMED.length).toBeGreaterThan(80);
  const missing = NAMED.filter(({ file, title }) => {
    const path = `${ROOT}${file}`;
    return !existsSync(path) || !readFileSync(path, "utf8").includes(`"${title}",`);
  });
  expect(missing).toEqual([]);
});
