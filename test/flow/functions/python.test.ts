import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { equal } from "../../../src/flow/evaluate/equal.ts";
import { fromPlain } from "../../../src/flow/functions/encoding/plain.ts";
import { repr } from "../../../src/flow/functions/kinds/python-text.ts";
import { worth } from "../support/functions.ts";

/** Calls, and what Python 3.11 and dateutil 2.9 gave for them; null stands for an error. */
const CASES: readonly (readonly [string, unknown])[] = JSON.parse(
  readFileSync(new URL("./python-cases.json", import.meta.url), "utf8"),
);

test.each(CASES)("%s is what Python says", (code, result) => {
  if (result === null) {
    expect(() => worth(code)).toThrow();
    return;
  }
  const is = worth(code);
  expect(equal(is, fromPlain(result)), `it is ${repr(is)}`).toBe(true);
});
