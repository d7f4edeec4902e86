import { mkdir, symlink, writeFile } from "node:fs/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FlowPlace } from "../support/flow-place.ts";

let place: FlowPlace;
beforeEach(async () => {
  place = await FlowPlace.make();
});
afterEach(async () => {
  await place[Symbol.asyncDispose]();
});

/** Expressions and what they come to. */
const CASES: readonly (readonly [expression: string, value: unknown])[] = [
  // F23: literals
  ...([
    ['"a"', "a"],
    ["1.5e3", 1500],
    ["-2", -2],
    ["null", null],
    ['{a = 1, "b" : [true], (1 + 1) = 2}', { a: 1, b: [true], 2: 2 }],
  ] as const),
  // F26, F35: templates
  ...([
    ['"${[1]}"', [1]],
    ['"n ${"m ${1 + 1}"}"', "n m 2"],
    ['"$${x} %%{y} \\n\\u00e9\\""', '${x} %{y} \né"'],
    ['"${true}"', true],
    ['"a${true}"', "atrue"],
  ] as const),
  ...([
    ['"%{ if 1 == 1 }y%{ else }n%{ endif }%{ for x in [1, 2] ~} ${x} %{~ endfor }"', "y12"],
    ['"a ${~ 1 ~} b"', "a1b"],
  ] as const),
  // F27: heredocs
  ...([
    ["<<-E\n    a\n      b\n    E\n", "a\n  b\n"],
    ["<<E\nx ${1}\nE\n", "x 1\n"],
  ] as const),
  // F28: loops
  ...([
    ["[for x in {b = 1, a = 2} : x]", [2, 1]],
    ["[for k, v in {b = 1, a = 2} : k]", ["a", "b"]],
    ['{for i, x in ["p", "q"] : x => i if i > 0}', { q: 1 }],
  ] as const),
  ...([
    ['{for x in ["ab", "ac"] : substr(x, 0, 1) => x...}', { a: ["ab", "ac"] }],
    ["[for x in range(3) : x]", [0, 1, 2]],
  ] as const),
  // F29: spreading
  ...([
    ["max([1, 3, 2]...)", 3],
    ["len(tojson([1], {indent = 2}...))", 7],
  ] as const),
  // F30: operators
  ...([
    ["1 + 2 * 3 == 7 && !false || false", true],
    ["-7 % 3", -1],
    ["7 / 2", 3.5],
    ["1 - -1", 2],
    ['"0.10.0" < "0.6.0"', true],
    ['1 == "1"', false],
  ] as const),
  ...([
    ["false ? 1 : true ? 2 : 3", 2],
    ["(\n1 +\n1\n)", 2],
  ] as const),
  // F31: access
  ...([
    ["[{a = [5]}][*].a[0]", [5]],
    ["[{a = 1}, {a = 2}].*.a", [1, 2]],
    ["[[1, 2]][0][1]", 2],
    ['{items = 3}["items"]', 3],
    ["[4, 5].1", 5],
  ] as const),
  // F32: functions
  ...([
    ['join("-", split(",", "a,b"))', "a-b"],
    ['tojson({a = "é"})', '{"a": "\\u00e9"}'],
    ['call("a", "upper")', "A"],
    ["sum([1, 2])", 3],
  ] as const),
  // F33: unicode
  ...([
    ['"世界"', "世界"],
    ['len("世界")', 2],
  ] as const),
];

test("F23 to F35: expressions come to what HCL says", async () => {
  const values = await place.value(
    `[\n${CASES.map(([expression]) => expression.replace(/\n$/, "\n  ")).join(",\n")}\n]`,
  );
  const shown = (values as unknown[]).map((value, i) => [CASES[i]?.[0], value]);
  expect(shown).toEqual(CASES.map(([expression, value]) => [expression, value]));
});

test("F24, F25, F33: comments of all kinds, names with hyphens and of any letters", async () => {
  const done = await place.apply(`# one
// two
/* three
   lines */
flow "名前" { # here
  variable "my-var" { /* and */
    default = "世界" // here
  }
  task "bash_run" "my-task" {
    command = "echo \${var.my-var}"
  }
  task "bash_run" "日本" {
    command = <<EOT
echo \${task.bash_run.my-task.stdout} 世界
EOT
  }
}`);
  expect([done.code, done.stdout]).toEqual([0, "世界\n世界 世界\n"]);
  expect(done.log).toContain('"task.bash_run.日本" is successful.');
});

test("functions that read files tell folders and links to folders apart", async () => {
  await mkdir(place.work.path("deep"));
  await writeFile(place.work.path("deep/a.txt"), "");
  await symlink(place.work.path("deep"), place.work.path("deep/round"));
  await symlink(place.work.path("deep/a.txt"), place.work.path("deep/b.txt"));
  expect(await place.value('[fileexists("deep"), fileexists("deep/b.txt")]')).toEqual([false, true]);
  expect(await place.value('list(fileset("deep", "**"))')).toEqual(["a.txt", "b.txt"]);
});

test("functions that there are not are told of at once, each with its place", async () => {
  const { code, stderr } = await place.tasks(`  task "bash_run" "a" {
    command = uper("x")
  }
  task "bash_run" "b" {
    command = task.bash_run.none.stdout
    env     = { A = true ? "" : lenght([1]) }
  }`);
  expect(code).toBe(1);
  for (const told of [
    /no function "uper", did you mean "upper"\?\n +at .*flow\.hcl:3:15/,
    /no task "task\.bash_run\.none"/,
    /no function "lenght", did you mean "length"\?\n +at .*flow\.hcl:7:33/,
  ])
    expect(stderr).toMatch(told);
});
