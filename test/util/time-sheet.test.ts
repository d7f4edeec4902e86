import { expect, test } from "vitest";
import { TimeSheet } from "../../src/util/time-sheet.ts";

test("every moment counts once, for the first kind that goes on; idle ones do not count", () => {
  let now = 100;
  const sheet = new TimeSheet(() => now);
  const pass = (ms: number): void => {
    now += ms;
  };
  pass(1000);
  sheet.enter("here");
  pass(1);
  sheet.enter("connect");
  pass(20);
  sheet.leave("connect");
  sheet.enter("line");
  sheet.enter("line");
  pass(300);
  sheet.enter("host");
  pass(4000);
  sheet.leave("host");
  sheet.leave("line");
  pass(50_000);
  sheet.leave("line");
  pass(600_000);
  sheet.leave("here");
  pass(7_000_000);
  expect(sheet.spent).toEqual({ connect: 20, host: 4000, line: 50_300, here: 600_001 });
});

test("a task that fails is over as well", async () => {
  let now = 0;
  const sheet = new TimeSheet(() => now);
  await expect(sheet.during("line", Promise.reject(new Error("lost")))).rejects.toThrow("lost");
  now = 5;
  expect(sheet.spent.line).toBe(0);
});
