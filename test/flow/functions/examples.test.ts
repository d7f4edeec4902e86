import { describe, expect, test } from "vitest";
import { equal } from "../../../src/flow/evaluate/equal.ts";
import { repr } from "../../../src/flow/functions/kinds/python-text.ts";
import { table } from "../../../src/flow/functions/table.ts";
import { worth } from "../support/functions.ts";

const EXAMPLES = [...table.values()].flatMap(({ examples }) => examples);

describe("the examples of the documentation", () => {
  test.each(EXAMPLES)("%s is %s", (code, result) => {
    const [is, wanted] = [worth(code), worth(result)];
    expect(equal(is, wanted), `it is ${repr(is)}`).toBe(true);
  });

  test("there is one of every function", () => {
    const without = [...table.values()].filter(
      ({ name, examples }) => !examples.some(([code]) => code.includes(`${name}(`)),
    );
    expect(without).toEqual([]);
  });
});
