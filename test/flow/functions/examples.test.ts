import { describe, expect, test } from "vitest";
import { equal } from "../../../src/flow/evaluate/equal.ts";
import { evaluate } from "../../../src/flow/evaluate/evaluate.ts";
import { Scope } from "../../../src/flow/evaluate/scope.ts";
import { functionsIn, table } from "../../../src/flow/functions/table.ts";
import { parseExpressionText } from "../../../src/flow/syntax/parse.ts";
import { WORLD } from "../support/world.ts";

const SCOPE = new Scope(new Map(), functionsIn(WORLD));
const EXAMPLES = [...table.values()].flatMap(({ examples }) => examples);

describe("the examples of the documentation", () => {
  test.each(EXAMPLES)("%s is %s", (code, result) => {
    const [is, wanted] = [code, result].map((text) => evaluate(parseExpressionText(text, "x.hcl"), SCOPE));
    if (!equal(is ?? null, wanted ?? null)) expect(is).toEqual(wanted);
  });

  test("there is one of every function", () => {
    expect(
      [...table.values()].filter(
        ({ name, examples }) => !examples.some(([code]) => code.includes(`${name}(`)),
      ),
    ).toEqual([]);
  });
});
