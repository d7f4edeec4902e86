import { describe, expect, test } from "vitest";
import { placeSteps } from "../../src/report/branches.ts";
import { counted } from "../support/counted.ts";
import { graph } from "./stage.ts";

function drawn(...lines: readonly string[]): readonly string[] {
  return placeSteps(graph(...lines)).map(({ lead, step, joins }) => {
    return `${lead}${step.id}${joins.length > 0 ? ` (${joins.join(" ")})` : ""}`;
  });
}

describe("placeSteps", () => {
  test("a chain is flat", () => {
    expect(drawn("a", "b < a", "c < b")).toEqual(["a", "b", "c"]);
  });

  test("a fork and what brings it together", () => {
    expect(drawn("a", "b < a", "c < b", "d < a", "e < c d", "f < e")).toEqual([
      "a",
      "├─ b",
      "│  c",
      "└─ d",
      "e (c d)",
      "f",
    ]);
  });

  test("a fork in a fork", () => {
    expect(drawn("a", "b < a", "c < b", "d < b", "e < c d", "f < a")).toEqual([
      "a",
      "├─ b",
      "│  ├─ c",
      "│  └─ d",
      "│  e (c d)",
      "└─ f",
    ]);
  });

  test("several roots", () => {
    expect(drawn("a", "b", "c < b", "d < a c")).toEqual(["├─ a", "└─ b", "   c", "d (a c)"]);
  });

  test("what awaits something and what that awaits, too, is no fork", () => {
    expect(drawn("a", "b < a", "c < a b")).toEqual(["a", "b", "c (a b)"]);
  });

  test("a step may await one that the source has later", () => {
    expect(drawn("a < b", "b", "c < a")).toEqual(["b", "a", "c"]);
  });

  test("branches brought together crosswise", () => {
    expect(drawn("r", "a < r", "b < r", "c < r", "x < a b", "y < b c", "z < x y")).toEqual([
      "r",
      "├─ a",
      "├─ b",
      "└─ c",
      "x (a b)",
      "y (b c)",
      "z (x y)",
    ]);
  });

  test("an unknown step is not waited for, a step without host is drawn once", () => {
    expect(drawn("a < nowhere", "b < a nowhere")).toEqual(["a", "b (a nowhere)"]);
  });

  test("a long chain and a wide fork cost little", () => {
    const chain = graph("s0", ...Array.from({ length: 20_000 }, (_, index) => `s${index + 1} < s${index}`));
    expect(placeSteps(chain)).toHaveLength(20_001);
    const fan = graph("r", ...Array.from({ length: 5000 }, (_, index) => `s${index} < r`));
    expect(placeSteps(fan).at(-1)?.lead).toBe("└─ ");
  });
});

test("each awaited step is read a few times, also where one brings thousands together", () => {
  let reads = 0;
  const ids = Array.from({ length: 5000 }, (_, i) => `s${i}`);
  const [last, ...steps] = graph("last", ...ids);
  const join = { ...(last as NonNullable<typeof last>), awaits: counted(ids, () => reads++) };
  expect(placeSteps([join, ...steps]).at(-1)?.step.id).toBe("last");
  expect(reads).toBeLessThanOrEqual(4 * ids.length);
});
