import { describe, expect, test } from "vitest";
import { format } from "../../src/flow/format.ts";
import type { Body } from "../../src/flow/syntax/ast.ts";
import { parseFile, tryParseFile } from "../../src/flow/syntax/parse.ts";
import { ownTree } from "./support/own-tree.ts";
import { randomFile, seeded } from "./support/random-hcl.ts";

const CASES = Math.min(5000, Number(process.env.RCM_HCL_CASES ?? 100));

describe("format", () => {
  // What `terraform fmt` makes of the same texts.
  test.each([
    ["a=1\nbbbb=2\n", "a    = 1\nbbbb = 2\n"],
    ["a=1\n\nbbbb=2", "a = 1\n\nbbbb = 2\n"],
    ['b   "x"{\nc=[1,2 ,3]\n}\n', 'b "x" {\n  c = [1, 2, 3]\n}\n'],
    ["a=1#x\nbb=22 # y\n", "a  = 1  #x\nbb = 22 # y\n"],
    ["a={\nb=1\ncc:2\n}\n", "a = {\n  b = 1\n  cc : 2\n}\n"],
    ["a=[\n1,\n  [2,\n3]\n]\n", "a = [\n  1,\n  [2,\n  3]\n]\n"],
    ["a=-1\nb=c -d\nc=! d\ne=a?-b:c\n", "a = -1\nb = c - d\nc = !d\ne = a ? -b : c\n"],
    ["a=f (1,2 ... )\nb=x . y [ 0 ] . z\n", "a = f(1, 2...)\nb = x.y[0].z\n"],
    ["a={}\nb=[ ]\nc{}\nd { e=1 }\n", "a = {}\nb = []\nc {}\nd { e = 1 }\n"],
    ['a="x${ b  }y${c+d}"\n', 'a = "x${b}y${c + d}"\n'],
    ["a=<<EOT\n  x  =1\nEOT\nb  =2\n", "a = <<EOT\n  x  =1\nEOT\nb = 2\n"],
    [
      "a=[for x in y:x if x]\nb={for k,v in m:k=>v...}\n",
      "a = [for x in y : x if x]\nb = { for k, v in m : k => v... }\n",
    ],
    ["# c\n  // d\na=1/* e */\n", "# c\n// d\na = 1 /* e */\n"],
  ])("%j", (text, wanted) => {
    expect(format(text)).toBe(wanted);
  });

  test("refuses a broken source", () => {
    expect(() => format("a = \n")).toThrow("Expected a value");
  });

  test(`${CASES} generated files keep their meaning, and formatting twice changes nothing`, () => {
    for (let seed = 0; seed < CASES; seed++) {
      const text = randomFile(seeded(seed));
      if (tryParseFile(text, "x").problems.length > 0) continue;
      const once = format(text);
      expect(meaning(parseFile(once, "x")), text).toEqual(meaning(parseFile(text, "x")));
      expect(format(once), text).toBe(once);
    }
  });
});

function meaning({ attributes, blocks }: Body): unknown {
  return [
    Array.from(attributes.values(), ({ name, value }) => [name, ownTree(value)]),
    blocks.map(({ type, labels, body }) => [type, labels.map(({ text }) => text), meaning(body)]),
  ];
}
