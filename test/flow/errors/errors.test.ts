import { describe, expect, test } from "vitest";
import { tryParseFile } from "../../../src/flow/syntax/parse.ts";
import { BROKEN } from "./cases.ts";

describe("a broken file", () => {
  test("there are at least 60", () => {
    expect(BROKEN.length).toBeGreaterThanOrEqual(60);
  });

  test.each(BROKEN)("%j", (marked, ...messages) => {
    const { problems } = tryParseFile(marked.replaceAll("¦", ""), "x.hcl");
    expect(problems.map(({ where }) => `${where?.line}:${where?.column}`)).toEqual(placesIn(marked));
    for (const [i, message] of messages.entries()) expect(problems[i]?.message).toContain(message);
    for (const { where } of problems) {
      expect(where?.file).toBe("x.hcl");
      expect(where?.text).toBe(marked.replaceAll("¦", "").split("\n")[(where?.line ?? 0) - 1]);
    }
  });
});

function placesIn(marked: string): readonly string[] {
  return marked.split("\n").flatMap((line, i) => {
    const columns = Array.from(line.matchAll(/¦/g), ({ index }, before) => index + 1 - before);
    return columns.map((column) => `${i + 1}:${column}`);
  });
}
