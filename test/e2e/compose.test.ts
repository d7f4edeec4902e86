import { afterAll, beforeAll, expect, test } from "vitest";
import { Workplace } from "../support/rcm.ts";

let work: Workplace;

beforeAll(async () => {
  work = await Workplace.make();
  await work.write(
    "parts.ts",
    `import { runbook, z } from "rcm";
import { command } from "rcm/modules";

export const two = runbook("two exits", {}, ({ step }) => {
  const first = step("first", command({ cmd: "echo first" }));
  step("left", command({ cmd: "true" }), { await: [first] });
  step("right", command({ cmd: "true" }), { await: [first] });
});
export const empty = runbook("empty", {}, () => {});
export const probe = runbook(
  "probe",
  { params: z.object({ url: z.string(), tries: z.number().default(3) }) },
  ({ step, params, assign }) => {
    assign("who", "probe");
    assign("only", "here");
    const status = step("status", command({ cmd: "echo " + params.url + " " + params.tries }), {
      post: (out) => out.trim().length,
    });
    step("told", command({
      cmd: "printf",
      args: ["%s", (ctx) => [ctx.output(status), ctx.params.url, ctx.assigns.who, ctx.assigns.dir, ctx.assigns.url].join(" ")],
    }));
    return { status };
  },
);
export const nested = runbook("nested", {}, ({ step, graft }) => {
  step("before", command({ cmd: "true" }));
  const inner = graft("b", probe, { params: { url: "/x" } });
  step("after", command({ cmd: "printf", args: ["%s", (ctx) => String(ctx.output(inner.steps.status))] }));
  return { length: inner.steps.status };
});
`,
  );
});
afterAll(() => work[Symbol.asyncDispose]());

const book = (body: string): string => `
import { changed, runbook, z } from "rcm";
import { command } from "rcm/modules";
import { empty, nested, probe, two } from "./parts.ts";
export default runbook("site", {}, ({ step, graft, merge, assign }) => {
${body}
});
`;

interface StepView {
  readonly id: string;
  readonly awaits: readonly string[];
}

/** What each step awaits, and what each one printed, of a run on this machine. */
async function ran(
  body: string,
  flags: readonly string[] = [],
): Promise<{
  awaits: Record<string, readonly string[]>;
  output: Record<string, unknown>;
  status: Record<string, string>;
}> {
  await work.write("book.ts", book(body));
  const { events, outcome } = await work.events(["apply", "book.ts", ...flags]);
  expect(outcome.stderr.replace(/^no inventory.*\n/, "")).not.toContain("Error");
  const start = events.find(({ type }) => type === "run-started") as unknown as {
    hosts: ReadonlyArray<{ steps: readonly StepView[] }>;
  };
  const finished = events.filter(({ type }) => type === "step-finished") as unknown as ReadonlyArray<{
    step: string;
    result: { output: unknown; status: string };
  }>;
  return {
    awaits: Object.fromEntries(start.hosts[0]?.steps.map(({ id, awaits }) => [id, awaits]) ?? []),
    output: Object.fromEntries(finished.map(({ step, result }) => [step, result.output])),
    status: Object.fromEntries(finished.map(({ step, result }) => [step, result.status])),
  };
}

/** What is said of a runbook that is refused. */
async function refused(body: string, flags: readonly string[] = []): Promise<string> {
  await work.write("book.ts", book(body));
  const { code, stdout, stderr } = await work.rcm(["apply", "book.ts", ...flags]);
  expect([code, stdout]).toEqual([1, ""]);
  return stderr;
}

test("a graft awaits the step before it, and the next step awaits all that it ends with", async () => {
  const { awaits } = await ran(`
  step("start", command({ cmd: "true" }));
  graft("part", two);
  step("end", command({ cmd: "true" }));`);
  expect(awaits).toEqual({
    start: [],
    "part.first": ["start"],
    "part.left": ["part.first"],
    "part.right": ["part.first"],
    end: ["part.left", "part.right"],
  });
});

test("await and merge say otherwise; a part can be awaited by handle, by name, and by what it changed", async () => {
  const { awaits } = await ran(`
  const start = step("start", command({ cmd: "true" }));
  step("other", command({ cmd: "true" }), { await: ["later"] });
  graft("after", two, { await: [start, "other"] });
  const beside = merge("beside", two);
  step("next", command({ cmd: "true" }));
  step("handle", command({ cmd: "true" }), { await: [beside] });
  step("if", command({ cmd: "true" }), { await: [], when: changed(beside) });
  graft("later", two, { await: [start] });`);
  expect(awaits).toMatchObject({
    other: ["later.left", "later.right"],
    "after.first": ["start", "other"],
    "beside.first": [],
    next: ["beside.left", "beside.right"],
    handle: ["beside.left", "beside.right"],
    if: ["beside.first", "beside.left", "beside.right"],
    "later.first": ["start"],
  });
});

test("a part without steps changes nothing", async () => {
  const { awaits } = await ran(`
  step("a", command({ cmd: "true" }));
  const nothing = graft("none", empty);
  step("b", command({ cmd: "true" }));
  step("c", command({ cmd: "true" }), { await: [nothing] });`);
  expect(awaits).toEqual({ a: [], b: ["a"], c: ["a"] });
});

test("nested parts are a.b.c, and their functions keep to their own names, params and assigns", async () => {
  const { output, awaits } = await ran(`
  const dir = assign("dir", "/srv");
  assign("who", "site");
  const a = graft("a", nested);
  const named = graft("n", "probe", { params: { url: "by-name", tries: 1 } });
  step("length", command({ cmd: "printf", args: ["%s", (ctx) => [ctx.output(a.steps.length), ctx.assigns.who, ctx.assigns.only, dir].join(" ")] }), { await: [a, named] });`);
  expect(awaits["a.b.status"]).toEqual(["a.before"]);
  expect(output).toMatchObject({
    "a.b.status": 4,
    "a.b.told": "4 /x probe /srv /x",
    "a.after": "4",
    "n.status": 9,
    "n.told": "9 by-name probe /srv by-name",
    length: "4 site here /srv",
  });
});

test("a failure in a part blocks what awaits the part, and nothing beside it", async () => {
  const { status } = await ran(`
  step("bad", command({ cmd: "false" }));
  graft("part", two);
  step("blocked", command({ cmd: "true" }));
  merge("beside", two);`);
  expect(status).toMatchObject({ "part.first": "blocked", blocked: "blocked", "beside.left": "changed" });
});

test("the command line gives assigns other values, of the same type", async () => {
  const body = `
  const port = assign("port", 8080);
  assign("tags", ["a"]);
  step("show", command({ cmd: "printf", args: ["%s", (ctx) => JSON.stringify([port, ctx.assigns])] }));`;
  expect((await ran(body)).output.show).toBe('[8080,{"port":8080,"tags":["a"]}]');
  expect((await ran(body, ["-e", "port=9", "-e", 'tags=["b"]'])).output.show).toBe(
    '[9,{"port":9,"tags":["b"]}]',
  );
  expect(await refused(body, ["-e", "port=high"])).toContain(
    'The assign "port" (from -e port) is no number, as that of the source',
  );
  expect(await refused(body, ["-e", "prot=1"])).toContain(
    'No runbook of "site" has a param "prot" (from -e prot), did you mean "port"?',
  );
});

test.each([
  [
    "a name that is there",
    `step("part.left", command({ cmd: "true" }));
  graft("part", two);`,
    [
      /"two exits", grafted as "part", clashes with the step "part\.left" \(the first one is on line 6\)/,
      /at book\.ts:7/,
    ],
  ],
  [
    "a name that a part has",
    `graft("part", two);
  step("part.left", command({ cmd: "true" }));`,
    [/two steps named "part\.left" \(the first one is at .*parts\.ts:6\)/, /at book\.ts:7/],
  ],
  [
    "a missing param",
    `graft("p", probe as never);`,
    [/Param "url" of the runbook "probe" is required: wanted string/],
  ],
  [
    "wrong params",
    `graft("p", probe, { params: { url: 7, uri: 1 } } as never);`,
    [/Param "url" of the runbook "probe" wanted string, got number/, /has no param "uri"/],
  ],
  [
    "an unknown name",
    `graft("q", two);\n  graft("p", "two exit");`,
    [/no runbook of that name, did you mean "two exits"/],
  ],
  [
    "an unknown option",
    `merge("p", two, { await: [] } as never);`,
    [/there is no option "await": wanted params/],
  ],
  ["no runbook", `graft("p", {} as never);`, [/Cannot graft anything as "p": wanted a runbook/]],
  ["no prefix", `graft("", two);`, [/cannot be grafted as ""/]],
  [
    "an unknown await",
    `graft("p", two, { await: ["x"] });`,
    [/Step "p\.first" awaits "x", but there is no such step/],
  ],
  ["a circle", `graft("p", "site");`, [/cannot be grafted into itself: "site" grafts "site"/]],
])("%s is refused, with its place", async (_name, body, wanted) => {
  const said = await refused(body);
  for (const text of wanted) expect(said).toMatch(text);
});

test("a circle over several runbooks is refused", async () => {
  await work.write(
    "circle.ts",
    `import { runbook } from "rcm";
runbook("one", {}, ({ graft }) => { graft("x", "other"); });
runbook("other", {}, ({ graft }) => { graft("y", "one"); });
export default runbook("top", {}, ({ graft }) => { graft("z", "one"); });
`,
  );
  const { code, stderr } = await work.rcm(["apply", "circle.ts"]);
  expect(code).toBe(1);
  expect(stderr).toContain('"one" grafts "other" grafts "one"');
  expect(stderr).toMatch(/at circle\.ts:3/);
});
