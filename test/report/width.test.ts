import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { row } from "../../src/report/row.ts";
import { column, displayWidth, truncate } from "../../src/report/width.ts";

describe("displayWidth", () => {
  test.each([
    ["abc", 3],
    ["日本", 4],
    ["e\u0301", 1],
    ["🙂", 2],
    ["한", 2],
    ["✓", 1],
    ["ｗ", 2],
    ["", 0],
  ])("%s is %i", (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });
});

describe("truncate", () => {
  test.each([
    ["abcdef", 6, "abcdef"],
    ["abcdef", 5, "abcd…"],
    ["日本語", 5, "日本…"],
    ["日本語", 4, "日…"],
    ["abc", 0, ""],
  ])("%s in %i is %s", (text, columns, expected) => {
    expect(truncate(text, columns)).toBe(expected);
  });

  test("never exceeds its columns", () => {
    const text = fc.string({ unit: "grapheme" });
    fc.assert(
      fc.property(text, fc.nat(20), (value, columns) => displayWidth(truncate(value, columns)) <= columns),
    );
    fc.assert(
      fc.property(text, fc.nat(20), (value, columns) => displayWidth(column(value, columns)) === columns),
    );
  });

  test("bounds a pile of combining marks", () => {
    expect(truncate(`a${"\u0301".repeat(10_000)}`, 10).length).toBeLessThan(100);
  });
});

test("a row is cut off at its columns, whatever its cells", () => {
  const plain = (_style: string, text: string) => text;
  const cells = fc.array(fc.tuple(fc.constant("plain" as const), fc.string({ unit: "grapheme" })), {
    maxLength: 5,
  });
  fc.assert(
    fc.property(cells, fc.nat(30), (list, columns) => displayWidth(row(list, columns, plain)) <= columns),
  );
  expect(
    row(
      [
        ["plain", "abc"],
        ["plain", "def"],
      ],
      4,
      plain,
    ),
  ).toBe("abc…");
});
