import { describe, expect, test } from "vitest";
import { differenceOfExpression, differenceOfFile } from "./support/conformance.ts";
import { EXPRESSIONS, FILES } from "./support/hand-cases.ts";
import { mutate, type Random, randomExpression, randomFile, seeded } from "./support/random-hcl.ts";

/** How many generated inputs, and as many mutated ones: 20000 is the number that is published. */
const CASES = Number(process.env.RCM_HCL_CASES ?? 500);

describe("HashiCorp's parser agrees about verdict and tree", () => {
  test("there are at least 200 cases by hand", () => {
    expect(new Set(EXPRESSIONS).size + new Set(FILES).size).toBeGreaterThanOrEqual(200);
  });

  test.each(EXPRESSIONS)("expression %j", async (text) => {
    expect(await differenceOfExpression(text)).toBeUndefined();
  });

  test.each(FILES)("file %j", async (text) => {
    expect(await differenceOfFile(text)).toBeUndefined();
  });

  test(
    `${CASES} generated inputs`,
    async () => {
      expect(await differences((_, text) => text)).toEqual([]);
    },
    60_000 + CASES * 100,
  );

  test(
    `${CASES} mutated inputs`,
    async () => {
      expect(await differences(mutate)).toEqual([]);
    },
    60_000 + CASES * 100,
  );
});

/** Half of the inputs are expressions, half are files; a seed stands for each, so that it can be seen again. */
async function differences(change: (random: Random, text: string) => string): Promise<readonly string[]> {
  const found: string[] = [];
  for (let seed = 0; seed < CASES && found.length < 5; seed++) {
    const random = seeded(seed);
    const isFile = seed % 2 === 1;
    const text = change(random, isFile ? randomFile(random) : randomExpression(random));
    const difference = await (isFile ? differenceOfFile(text) : differenceOfExpression(text));
    if (difference !== undefined) found.push(`seed ${seed}: ${JSON.stringify(text)}\n${difference}`);
  }
  return found;
}
