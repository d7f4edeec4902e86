import { expect, test } from "vitest";
import { parse } from "yaml";
import { PYYAML } from "../../src/inventory/scalars.ts";

test.each([
  ["", null],
  ["~", null],
  ["NULL", null],
  ["nuLL", "nuLL"],
  ["yes", true],
  ["On", true],
  ["off", false],
  ["y", "y"],
  ["n", "n"],
  ["0", 0],
  ["-0", 0],
  ["+5", 5],
  ["-12", -12],
  ["0644", 420],
  ["-010", -8],
  ["0o644", "0o644"],
  ["089", "089"],
  ["0x1F", 31],
  ["0b11", 3],
  ["1_000", 1000],
  ["12:30", 750],
  ["1:02:03", 3723],
  ["01:02:03:04:05:06", "01:02:03:04:05:06"],
  ["1.5", 1.5],
  ["1.10", 1.1],
  ["1.", 1],
  [".5", 0.5],
  ["-1.0e+3", -1000],
  ["1e3", "1e3"],
  ["1.0e3", "1.0e3"],
  ["1:30.5", 90.5],
  [".inf", Number.POSITIVE_INFINITY],
  ["-.INF", Number.NEGATIVE_INFINITY],
  [".nan", Number.NaN],
  ["1.2.3.4", "1.2.3.4"],
  ["2024-01-02", "2024-01-02"],
  ["'no'", "no"],
  ['"12"', "12"],
  ["!!str 12", "12"],
  ['!!int "12"', 12],
  ["!unsafe 12", "12"],
])("%s", (text, value) => {
  expect(parse(text, PYYAML)).toBe(value);
});

test("a number too large to be exact is an error, not another number", () => {
  expect(() => parse("9007199254740993", PYYAML)).toThrow("cannot be held exactly: put it in quotes");
});
