import { describe, expect, test } from "vitest";
import { evaluate } from "../../src/flow/evaluate/evaluate.ts";
import { referencesOf } from "../../src/flow/evaluate/references.ts";
import { Scope } from "../../src/flow/evaluate/scope.ts";
import type { FlowFunction } from "../../src/flow/functions/function.ts";
import { parseExpressionText } from "../../src/flow/syntax/parse.ts";
import { type FlowValue, objectOf, Unknown } from "../../src/flow/value.ts";

const UPPER: FlowFunction = {
  name: "upper",
  params: [{ name: "text" }],
  call: ([text]) => String(text).toUpperCase(),
};

const PICK: FlowFunction = {
  name: "pick",
  params: [{ name: "first" }, { name: "second", optional: true }, { name: "by", named: true }],
  call: (args, named) => [...args, named],
};

const SCOPE = new Scope(
  new Map<string, FlowValue>([
    ["n", 5],
    ["xs", [1, 2, 3]],
    [
      "m",
      objectOf([
        ["b", 2],
        ["a", 1],
      ]),
    ],
    ["people", [objectOf([["name", "Ann"]]), objectOf([["name", "Bob"]])]],
    ["nothing", null],
    ["later", new Unknown(["task.t.a"])],
  ]),
  new Map([UPPER, PICK].map((callee) => [callee.name, callee])),
);

function valueOfText(text: string): FlowValue {
  return evaluate(parseExpressionText(text, "x.hcl"), SCOPE);
}

describe("values", () => {
  test.each<readonly [string, unknown]>([
    ["1 + 2 * 3", 7],
    ["-7 % 3", -1],
    ["7 / 2", 3.5],
    ["1 - -1", 2],
    ['"2" + 1', 3],
    ['1 == "1"', false],
    ["null == null", true],
    ["[1, {a = 2}] == [1, {a = 2}]", true],
    ['"0.10.0" < "0.6.0"', true],
    ["2 >= 2", true],
    ["!true || true", true],
    ["false && 1 / 0 == 1", false],
    ["n > 3 ? n > 4 ? 1 : 2 : 3", 1],
    ["xs[n - 4]", 2],
    ["xs.0", 1],
    ['m["a"]', 1],
    ["people[*].name", ["Ann", "Bob"]],
    ["people.*.name[0]", "Ann"],
    ["nothing[*].name", []],
    ["m[*].a", [1]],
    ["[for x in xs : x * 2 if x > 1]", [4, 6]],
    ["[for k, v in m : k]", ["a", "b"]],
    ["[for v in m : v]", [1, 2]],
    ["{for i, x in xs : x => i}", { 1: 0, 2: 1, 3: 2 }],
    ["{for x in xs : x % 2 => x...}", { 1: [1, 3], 0: [2] }],
    ['{a = 1, ("b") = 2, n : 3, 4 = 5}', { a: 1, b: 2, n: 3, 4: 5 }],
    ['{"__proto__" = 1}["__proto__"]', 1],
    [`"\${xs}"`, [1, 2, 3]],
    [`"n is \${n}, \${true} \${1.5} \${1e21} \${1e-7}"`, "n is 5, true 1.5 1000000000000000000000 0.0000001"],
    [`"$\${n} %%{n}"`, `\${n} %{n}`],
    [`"\${"in \${n}"}!"`, "in 5!"],
    [`"%{ if n > 1 }many%{ else }one%{ endif }"`, "many"],
    [`"%{ for i, x in xs }\${i}=\${x};%{ endfor }"`, "0=1;1=2;2=3;"],
    [`" a \${~ n ~} b "`, " a5b "],
    ["<<E\na\n  b\nE\n", "a\n  b\n"],
    ["<<-E\n    a\n\n      b\n  E\n", "a\n\n  b\n"],
    ['upper("a")', "A"],
    ['upper(["b"]...)', "B"],
    ["pick(1, {by = 2}...)", [1, { by: 2 }]],
  ])("%s", (text, wanted) => {
    expect(valueOfText(text)).toEqual(wanted);
  });
});

describe("what has no value is refused where it stands", () => {
  test.each([
    [`"a \${nothing} b"`, 6, 'In this text, "nothing" is null; expected text, a number or a bool'],
    [`"a \${xs}"`, 6, 'In this text, "xs" is a list'],
    ["m.c", 3, '"m" has no attribute "c"'],
    ["xs[3]", 4, '"xs" has 3 items, counted from 0; there is no item 3'],
    ["xs[-1]", 4, "The index is -1; expected a whole number from 0"],
    ["xs.name", 4, '"xs" is a list, which has no attribute "name"'],
    ["nme", 1, 'Nothing is named "nme" here'],
    ["1 + [2]", 5, 'What stands right of "+" is a list; expected a number'],
    ['"a" + "b"', 1, 'What stands left of "+" is "a"; expected a number'],
    ['1 < "a"', 1, 'Cannot compare a number with a string by "<"'],
    ["1 / 0", 5, "Division by zero: 1 / 0"],
    ["9007199254740991 * 3", 1, "The result of 9007199254740991 * 3 is too large to be held exactly"],
    ['"x" ? 1 : 2', 1, 'The condition is "x"; expected true or false'],
    ['{for x in xs : "k" => x}', 16, 'The key "k" comes up twice; expected each key once'],
    ["[for x in n : x]", 11, '"n" is a number; expected a list, an object or a set'],
    ["{a.b = 1}", 2, 'The key "a.b" can be meant in two ways'],
    ["uper(1)", 1, 'There is no function "uper", did you mean "upper"?'],
    ["upper()", 1, 'upper(text): the argument "text" is missing; expected 1'],
    ["upper(1, 2)", 10, "upper(text): 2 arguments are given; expected 1"],
    ["pick(1, {bi = 2}...)", 9, 'has no argument "bi", did you mean "by"?'],
    ["pick(1, 2...)", 9, 'Only a list or an object can be spread with "..."'],
  ])("%s", (text, column, message) => {
    expect(() => valueOfText(text)).toThrow(
      expect.objectContaining({
        message: expect.stringContaining(message),
        where: expect.objectContaining({ line: 1, column }),
      }),
    );
  });

  test("what takes too long", () => {
    const loop = (inner: string): string => `[for a in [${"1,".repeat(300)}] : ${inner}]`;
    expect(() => valueOfText(loop(loop(loop("1"))))).toThrow("takes too long");
  });
});

describe("unknown values", () => {
  test.each([
    ...[
      "later",
      "later.x",
      "later[0]",
      "xs[later]",
      "later[*].x",
      "later.*.x",
      "-later",
      "!later",
      "later + 1",
      "1 + later",
      "later == 1",
    ],
    ...[
      "[later] == [1]",
      "later && true",
      "true && later",
      "later ? 1 : 2",
      "true ? later : 2",
      "upper(later)",
      "pick([later])",
      "pick(later...)",
    ],
    ...[
      "[for x in later : x]",
      "[for x in xs : x if later]",
      "{for x in xs : later => x}",
      "{(later) = 1}",
      `"\${later}"`,
      `"a\${later}"`,
    ],
    ...[
      `"%{ if later }a%{ endif }"`,
      `"%{ for x in later }a%{ endfor }"`,
      "<<E\n${later}\nE\n",
      "(later)",
      "[later][0]",
      "{a = later}.a",
    ],
  ])("flow through %j", (text) => {
    const value = valueOfText(text);
    expect(value).toBeInstanceOf(Unknown);
    expect((value as Unknown).references).toEqual(["task.t.a"]);
  });

  test("stay where they are in a list or an object", () => {
    expect(valueOfText("[1, later][0]")).toBe(1);
    expect(valueOfText("{a = 1, b = later}.a")).toBe(1);
    expect(valueOfText("[for x in [1, later] : x][0]")).toBe(1);
  });
});

describe("references", () => {
  test.each([
    ["task.t.n.content[0]", "task.t.n.content.0"],
    ['task["t"]["n"].x', "task.t.n.x"],
    ["task.t.n[*].x", "task.t.n"],
    ["task.t.n.*.x[0]", "task.t.n"],
    ["task.t.n[var.i].x", "task.t.n,var.i"],
    ["{(task.t.n.x) = 1, var = 2}", "task.t.n.x"],
    [`{"\${task.t.n.x}" = 1}`, "task.t.n.x"],
    ["[for x in task.t.n.xs : x.y if var.z]", "task.t.n.xs,var.z"],
    ["[for task in var.xs : task.t]", "var.xs"],
    ["{for k, v in a : k => v if b}", "a,b"],
    [`"%{ if task.t.n.x }\${b}%{ else }\${c}%{ endif }"`, "task.t.n.x,b,c"],
    [`"%{ for x in a }\${x}\${y}%{ endfor }"`, "a,y"],
    ["f(a, [b, c ? d : -e], g(h)...)", "a,b,c,d,e,h"],
    ["(a).b || !c", "a,c"],
    ["<<E\n${a}\nE\n", "a"],
  ])("of %j", (text, wanted) => {
    const found = referencesOf(parseExpressionText(text, "x.hcl")).map(({ path }) => path.join("."));
    expect(found.join(",")).toBe(wanted);
  });
});
