import { describe, expect, test } from "vitest";
import { table } from "../../../src/flow/functions/table.ts";
import { Unknown } from "../../../src/flow/value.ts";
import { worth } from "../support/functions.ts";

describe("what a function cannot take is refused where it stands", () => {
  test.each([
    ['split([","], "a")', 7, 'split(separator, text): the argument "separator" is a list; expected text'],
    ['split(",", null)', 12, 'the argument "text" is null; expected text'],
    ['split([",", {}]...)', 7, 'the argument "text" is an object; expected text'],
    ['1 + abs("x")', 9, 'the argument "number" is "x"; expected a number'],
    ["concat([1], 2)", 13, 'the argument "lists" is 2; expected a list or a set'],
    ['join(", ", ["a", 1])', 12, 'the argument "texts" does not fit: item 1 is 1; expected text'],
    ["chr(1.5)", 5, 'the argument "number" is 1.5; expected a whole number from 0 to 1114111'],
    ["tojson(1, {indent = []}...)", 11, 'the argument "indent" is a list; expected a whole number or text'],
    ["tojson(1, {indnt = 2}...)", 11, 'has no argument "indnt", did you mean "indent"?'],
    ['cidrsubnets("10.0.0.0/8", 4, 99)', 30, 'the argument "newbits" is 99'],
    ["element([], 0)", 1, "element(list, index): the list is empty; expected one item at least"],
    ['lookup({a = 1}, "b")', 1, 'the object has no key "b", and there is no default'],
    ['regex("(", "a")', 1, "the pattern is not valid: missing closing ): `(`"],
    ['regex("(?=a)", "a")', 1, "the pattern is not valid: invalid or unsupported Perl syntax: `(?=`"],
    ['regex("b", "a")', 1, "the pattern matches nothing in the text"],
    ['jsondecode("{")', 1, "the text is no JSON"],
    ['jsondecode("12345678901234567890")', 1, "is too large to be held exactly"],
    ['yamldecode("a: [")', 1, "the text is no YAML that can be read"],
    ['yamldecode("!!x 1")', 1, "the text is no YAML that can be read"],
    ['yamldecode("? [a]\\n: 1")', 1, "a key is no text, number or bool"],
    ['csvdecode("a,a\\n1,2")', 1, 'two columns are named "a"; expected each name once'],
    ['csvdecode("a,b\\n1")', 1, "the text is no CSV"],
    ['base64decode("a")', 1, "the text is no Base64"],
    ['base64decode("/w==")', 1, 'these bytes are no text in the encoding "utf-8"'],
    ["datetime(2021, 2, 29)", 1, "the day is 29; expected a whole number from 1 to 28"],
    ['todatetime("yesterday")', 1, '"yesterday" is not understood as a date'],
    ['formatdate("YYY", "2018-01-02T23:12:01Z")', 1, '"YYY" means no part of a date'],
    ['timeadd("2018-01-02", "1h")', 9, "expected a time stamp such as 2017-11-22T00:00:00Z"],
    ['file("none.txt")', 1, 'cannot read "/flows/none.txt": ENOENT'],
    ['env("NONE")', 1, 'the environment has no variable "NONE", and there is no default'],
    ['sprintf("%s")', 1, 'there is no value for the verb "%s"'],
    ['sprintf("a", 1)', 1, "1 values are given, and there are verbs for 0 of them"],
    ['sprintf("%y", 1)', 1, '"%y" is no verb'],
    ['format("Hello, %s!", "Ander")', 1, "is called sprintf"],
    ['call("a", "uper")', 1, 'text has no method "uper", did you mean "upper"?'],
    ['call("a", "__class__")', 1, 'text has no method "__class__"'],
    ['call("a", "constructor")', 1, 'text has no method "constructor"'],
    ['call("a", "replace", ["a"])', 1, 'the method "replace" wants an argument "new": text'],
    ["max([])", 1, "there are no values; expected one at least, or a default"],
    ['sorted([1, "a"])', 1, "cannot order a string and a number"],
    ["pow(10, 400)", 1, "the result is too large"],
    ["pow(3, 40)", 1, "12157665459056928801 is too large to be held exactly"],
    ['templatestring("$${x", {})', 1, 'This "${" is never closed'],
    ['templatestring("$${x}", {})', 3, 'Nothing is named "x" here'],
    [
      'templatestring("$${templatestring(t, {})}", {t = "a"})',
      3,
      "A template cannot call for another template",
    ],
    [
      "try(1 / 0, nothing)",
      1,
      'no expression has a value: Division by zero: 1 / 0; Nothing is named "nothing" here',
    ],
    ["try([1]...)", 5, 'takes nothing with "..."'],
    ["open(1)", 1, 'There is no function "open"'],
    ["eval(1)", 1, 'There is no function "eval"'],
  ])("%s", (code, column, message) => {
    expect(() => worth(code)).toThrow(
      expect.objectContaining({
        code: "flow",
        message: expect.stringContaining(message),
        where: expect.objectContaining({ line: 1, column }),
      }),
    );
  });
});

describe("what would get too large is refused before it is made", () => {
  test.each([
    "range(1000000000)",
    'call("a", "ljust", [1000000000])',
    'indent(1000000000, "a\\nb")',
    'format("a", ">1000000000")',
    'sprintf("%1000000000d", 1)',
    'sprintf("%.1000000000f", 1)',
    "bytes(1000000000)",
    "setproduct(range(1000), range(1000))",
    'replace(join("", [for i in range(9999) : "aaaaaaaaaa"]), "a", join("", [for i in range(9999) : "bbbb"]))',
    'replace(join("", [for i in range(9999) : "aaaaaaaaaa"]), "/a/", join("", [for i in range(9999) : "bbbb"]))',
    "tojson([[[1]]], {indent = 1000000000}...)",
    "round(1.5, 1000000000)",
    "pow(2, 1000000000)",
    'int(join("", [for i in range(9999) : "9"]))',
    'parseint(join("", [for i in range(9999) : "9"]), 10)',
    `jsondecode("${"[".repeat(2000)}${"]".repeat(2000)}")`,
    'yamldecode("a: &a [1,1,1,1,1,1,1,1,1]\\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\\nd: [*c,*c,*c,*c,*c,*c,*c,*c]")',
  ])("%s", (code) => {
    const begun = performance.now();
    expect(() => worth(code)).toThrow(expect.objectContaining({ code: "flow" }));
    expect(performance.now() - begun).toBeLessThan(2000);
  });

  test("a pattern that would take for ever elsewhere takes its time in proportion", () => {
    const text = `${"a".repeat(20_000)}!`;
    expect(worth('can(regex("^(a+)+$", text))', { text })).toBe(false);
    expect(worth('can(regex("^(a|aa)+$", text))', { text })).toBe(false);
  });
});

describe("what is not known", () => {
  const ONES = [...table.values()].filter(
    ({ params, name }) => params.length > 0 && name !== "try" && name !== "can",
  );

  test.each(ONES.map(({ name, params }) => [name, params]))("makes %s unknown", (name, params) => {
    const wanted = params.filter(({ optional, rest, named }) => !optional && !rest && !named).length;
    const args = Array.from({ length: Math.max(1, wanted) }, () => "later");
    if (params[0]?.named) return;
    expect(worth(`${name}(${args.join(", ")})`)).toBeInstanceOf(Unknown);
  });

  test("goes through try and can", () => {
    expect(worth("try({}.a, later, 1)")).toBeInstanceOf(Unknown);
    expect(worth("can(later)")).toBeInstanceOf(Unknown);
    expect(worth("try(1, later)")).toBe(1);
    expect(worth("can({}.a)")).toBe(false);
  });
});
