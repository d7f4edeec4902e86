import { expect, test } from "vitest";
import { Gates } from "../../src/engine/gates.ts";
import { counted } from "../support/counted.ts";

/** Whether a promise has settled by now. */
async function settled(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  void promise.then(() => {
    done = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  return done;
}

test("a host awaits itself where it took part, all hosts where it did not", async () => {
  const gates = new Gates([
    { name: "base", awaits: [], batches: [["a", "b"]] },
    { name: "web", awaits: ["base"], batches: [["a", "c"]] },
  ]);
  const [a, c] = [gates.open("web", "a"), gates.open("web", "c")];
  gates.done("base", "a", true);
  expect([await settled(a), await settled(c)]).toEqual([true, false]);
  gates.done("base", "b", false);
  expect([await a, await c]).toEqual([undefined, 'awaits "base", which failed on b']);
});

test("serial: a batch begins when the one before it is done; a failure stops those that follow", async () => {
  const gates = new Gates([{ name: "roll", awaits: [], batches: [["a", "b"], ["c"], ["d"]] }]);
  const [c, d] = [gates.open("roll", "c"), gates.open("roll", "d")];
  expect(await gates.open("roll", "a")).toBeUndefined();
  gates.done("roll", "a", true);
  expect(await settled(c)).toBe(false);
  gates.done("roll", "b", true);
  expect(await c).toBeUndefined();
  gates.done("roll", "c", false);
  expect(await d).toBe("the batch before it failed on c");
});

test.each([100, 1000])("of %i hosts one after another, none looks at all the others", async (size) => {
  let reads = 0;
  const hosts = Array.from({ length: size }, (_, i) => `h${i}`);
  const batches = counted(
    hosts.map((host) => counted([host], () => reads++)),
    () => reads++,
  );
  const gates = new Gates([{ name: "roll", awaits: [], batches }]);
  for (const host of hosts) {
    expect(await gates.open("roll", host)).toBeUndefined();
    gates.done("roll", host, true);
  }
  expect(reads).toBeLessThanOrEqual(10 * size);
});
