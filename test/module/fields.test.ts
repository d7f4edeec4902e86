import { expect, expectTypeOf, test } from "vitest";
import { defineModule, dependsOn, field, group, sh, z } from "../../src/index.ts";
import { checkOptions } from "../../src/module/options.ts";

const schema = z
  .strictObject({
    url: field(z.url(), { message: "provide a valid URL" }),
    mode: field(z.enum(["fast", "safe"]).default("safe")),
    block: field(z.string().optional(), { empty: [null] }),
    name: field(z.string().min(3).optional()).describe("a name"),
    script: z.string().optional(),
    file: field(z.string().optional()),
    user: z.string().optional(),
    id: z.number().optional(),
    port: z.number().optional(),
    host: z.string().optional(),
    weight: field(z.number().default(1)),
    tries: z.number().default(3),
    pause: z.number().optional(),
  })
  .check(
    group(["script", "file"], { required: true, exclusive: true }),
    group(["user", "id"], { exclusive: true }),
    dependsOn("host", "port"),
    dependsOn("weight", "port"),
    dependsOn("pause", "tries"),
  );

const example = defineModule({
  name: "example",
  category: "Test",
  summary: "Has every kind of field.",
  options: schema,
  action: () => ({ script: sh`true`, describe: "nothing" }),
});

const good = { url: "http://x", script: "true" };

/** What is said of options that are good but for these. */
function said(options: Readonly<Record<string, unknown>>): readonly string[] {
  const checked = checkOptions(example.definition, { ...good, ...options });
  return checked.ok ? [] : checked.problems;
}

test("what counts as not given", () => {
  expect(schema.parse({ ...good, mode: "", name: null, block: "", file: "" })).toEqual({
    url: "http://x",
    script: "true",
    mode: "safe",
    block: "",
    weight: 1,
    tries: 3,
  });
  expect(schema.parse({ ...good, block: null }).block).toBeUndefined();
  expect(schema.parse(good)).toEqual({ url: "http://x", script: "true", mode: "safe", weight: 1, tries: 3 });
});

test("types stay what they were, with what counts as not given beside them", () => {
  type Input = z.input<typeof schema>;
  expectTypeOf<Input["url"]>().toEqualTypeOf<string | null>();
  expectTypeOf<Input["block"]>().toEqualTypeOf<string | null | undefined>();
  expectTypeOf<z.output<typeof schema>["mode"]>().toEqualTypeOf<"fast" | "safe">();
  expectTypeOf<{ url: string }>().toExtend<Input>();
});

test.each([
  ["required", { url: undefined }, ['option "url": provide a valid URL']],
  ["empty and required", { url: "" }, ['option "url": provide a valid URL']],
  ["of a wrong type", { url: 7 }, ['option "url": provide a valid URL']],
  ["of a wrong form", { url: "x" }, ['option "url": provide a valid URL']],
  ["too short", { name: "ab" }, [expect.stringContaining('option "name": ')]],
  ["none of its values", { mode: "slow" }, [expect.stringContaining('option "mode": ')]],
  ["two of a group", { file: "x" }, ["wanted exactly one of script and file"]],
  ["none of a group", { script: undefined }, ["wanted exactly one of script and file"]],
  ["two that exclude each other", { user: "a", id: 1 }, ["user and id exclude each other"]],
  ["without what it depends on", { host: "a" }, ["host requires port to be present"]],
  ["with what it depends on", { host: "a", port: 1 }, []],
  ["its default, without what it depends on", {}, []],
  ["its default, said, without what it depends on", { weight: 1 }, ["weight requires port to be present"]],
  ["empty, and so its default", { weight: null }, []],
  ["with a default of what it depends on", { pause: 1 }, ["pause requires tries to be present"]],
  ["with what it depends on, said as its default", { pause: 1, tries: 3 }, []],
  ["not there", { hots: "a" }, ['example has no option "hots", did you mean "host"?']],
])("an option that is %s", (_name, options, wanted) => {
  expect(said(options)).toEqual(wanted);
});

test("a rule about what is given holds wherever the schema stands", () => {
  const inner = z
    .strictObject({ a: z.number().default(1), b: z.number().optional() })
    .check(dependsOn("a", "b"));
  const outer = z.strictObject({ list: z.array(inner), one: inner.optional(), a: z.number().optional() });
  const said = (value: unknown): readonly string[] =>
    outer.safeParse(value).error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`) ?? [];
  expect(said({ list: [{}, { a: 1, b: 2 }], a: 1 })).toEqual([]);
  expect(said({ list: [{}, { a: 1 }], one: { a: 1 } })).toEqual([
    "list.1: a requires b to be present",
    "one: a requires b to be present",
  ]);
});

test("the documentation shows the schema inside", () => {
  const json = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  expect(json.properties).toMatchObject({
    url: { type: "string" },
    mode: { enum: ["fast", "safe"] },
    name: { type: "string", description: "a name" },
  });
  expect(json.required).toEqual(["url"]);
});
