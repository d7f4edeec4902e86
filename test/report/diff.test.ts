import { describe, expect, test } from "vitest";
import type { Change } from "../../src/module/result.ts";
import { changeLines } from "../../src/report/diff.ts";

function shown(change: Partial<Change>): readonly string[] {
  const lines = changeLines({ property: "content", was: "", want: "", text: true, ...change });
  return lines.map((cells) => cells.map(([, text]) => text).join(""));
}

describe("changeLines", () => {
  test("a value", () => {
    expect(shown({ property: "mode", was: "0644", want: "0600", text: false })).toEqual([
      "mode: 0644 → 0600",
    ]);
    expect(shown({ property: "owner", was: "", want: "a\nb\x1b", text: false })).toEqual([
      'owner: "" → a\\nb\\x1b',
    ]);
  });

  test("a text, unified, three lines around", () => {
    const was = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
    expect(shown({ was, want: was.replace("5", "five") })).toEqual([
      "content:",
      "@@ -2,7 +2,7 @@",
      " 2",
      " 3",
      " 4",
      "-5",
      "+five",
      " 6",
      " 7",
      " 8",
    ]);
  });

  test("what cannot be seen is shown: escapes, line ends, a missing newline", () => {
    expect(shown({ was: "a\r\n", want: "a\n\u202eb" })).toEqual([
      "content:",
      "@@ -1,1 +1,2 @@",
      "-a\\r",
      "+a",
      "+\\u202eb",
      "\\ No newline at end of file",
    ]);
  });

  test("styles", () => {
    const lines = changeLines({ property: "content", was: "a\n", want: "b\n", text: true });
    expect(lines.slice(1).map(([cell]) => cell?.[0])).toEqual(["hunk", "removed", "added"]);
  });

  test("a binary or huge text, and one with too many differences, are only measured", () => {
    expect(shown({ was: "\0\x01", want: "\0" })).toEqual(["content:", "binary content differs, 2 → 1 bytes"]);
    const huge = "x\n".repeat(60_000);
    expect(shown({ was: huge, want: "é" })).toEqual(["content:", "content differs, 120000 → 2 bytes"]);
    const lines = (salt: string) => Array.from({ length: 9000 }, (_, index) => `${salt}${index}`).join("\n");
    expect(shown({ was: lines("a"), want: lines("b") })[1]).toMatch(/^content differs, 5\d+ → 5\d+ bytes$/);
  });
});
