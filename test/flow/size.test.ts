import { expect, test } from "vitest";
import { format } from "../../src/flow/format.ts";
import { parseFile } from "../../src/flow/syntax/parse.ts";

/** More than a call can have arguments, so that a list that is spread into a call would overflow the stack. */
const MANY = 150_000;

test.each([
  ["items of a list", `a = [${"1,".repeat(MANY)}]\n`],
  ["arguments of a call", `a = f(${"1,".repeat(MANY)}1)\n`],
  ["sequences of a template", `a = "${"$".concat("{a} ").repeat(MANY)}"\n`],
  ["lines of a heredoc", `a = <<-EOT\n${"  x\n".repeat(MANY)}EOT\n`],
])(`reads ${MANY} %s`, (_what, text) => {
  expect([...parseFile(text, "many.hcl").attributes.keys()]).toEqual(["a"]);
});

test(`aligns ${MANY} lines in a row`, () => {
  // Two spaces of indentation and one of alignment a line.
  const text = `a = [ # x\n${"1, # x\n".repeat(MANY)}]\n`;
  expect(format(text).length).toBe(text.length + MANY * 3);
});

test("one very wide line does not make its neighbours as wide", () => {
  const wide = `b = "${"x".repeat(1000)}" # wide\n`;
  const lines = Array.from({ length: 100 }, (_, i) => `a${i + 10} = 1 # x\n`).join("");
  expect(format(wide + lines).length).toBeLessThan(wide.length + lines.length + 200);
});
