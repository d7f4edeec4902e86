import { afterAll, beforeAll, expect, test } from "vitest";
import { Workplace } from "../support/rcm.ts";

let work: Workplace;

beforeAll(async () => {
  work = await Workplace.make();
});
afterAll(() => work[Symbol.asyncDispose]());

interface Told {
  readonly status: string;
  readonly error?: string;
  readonly attempts: number;
  readonly output: unknown;
}

/** What each step of a body came to on this machine. */
async function results(body: string): Promise<Readonly<Record<string, Told>>> {
  await work.write(
    "book.ts",
    `import { runbook } from "rcm";
import { command, copy } from "rcm/modules";
export default runbook("book", {}, ({ step }) => {
${body}
});
`,
  );
  const { events } = await work.events(["apply", "book.ts"]);
  const finished = events.filter(({ type }) => type === "step-finished");
  return Object.fromEntries(finished.map(({ step, result }) => [step, result as unknown as Told]));
}

test("a deferred value of the wrong type fails its step only, and names the option", async () => {
  const told = await results(`
  step("wrong", command({ cmd: "echo", args: [(ctx) => 7 as never] }));
  step("free", command({ cmd: "true" }), { await: [] });`);
  expect(told.wrong?.status).toBe("failed");
  expect(told.wrong?.error).toContain(`option "args[0]": wanted string, got number`);
  expect(told.free?.status).toBe("changed");
});

test("the output of a skipped step is undefined", async () => {
  const told = await results(`
  const no = step("no", command({ cmd: "echo no" }), { when: () => false });
  step("reads", command({ cmd: "printf", args: ["%s", (ctx) => ctx.output(no) ?? "nothing"] }));`);
  expect(told.no?.status).toBe("skipped");
  expect(told.reads?.output).toBe("nothing");
});

test("assert sees what post made, and the whole result; on says which failures are tried again", async () => {
  const told = await results(`
  const retry = { max: 3, delay: 1 };
  step("post", command({ cmd: "echo 5" }), { post: Number, assert: (result) => result.output === 5 && result.exitCode === 0 });
  step("few", command({ cmd: "echo 5" }), { await: [], post: Number, assert: (result) => Number(result.output) >= 6 });
  step("third", command({ cmd: "true" }), { await: [], retry, assert: ({ attempts }) => attempts === 3 });
  step("once", command({ cmd: "true" }), { await: [], retry: { ...retry, on: ["error"] }, assert: () => false });
  step("error", command({ cmd: "false" }), { await: [], retry: { ...retry, on: ["assert"] } });`);
  expect(told.post).toMatchObject({ status: "changed", output: 5 });
  expect(told.few).toMatchObject({ status: "failed", error: "assertion failed", attempts: 1 });
  expect(told.third).toMatchObject({ status: "changed", attempts: 3 });
  expect(told.once).toMatchObject({ status: "failed", attempts: 1 });
  expect(told.error).toMatchObject({ status: "failed", attempts: 1 });
});

test("what throws fails its step, and other branches go on", async () => {
  const told = await results(`
  const fail = () => { throw new Error("on purpose"); };
  step("deferred", command({ cmd: fail }));
  step("when", command({ cmd: "true" }), { await: [], when: fail });
  step("post", command({ cmd: "true" }), { await: [], post: fail });
  step("later", command({ cmd: "true" }), { await: [], post: (async () => 1) as never });
  step("assert", command({ cmd: "true" }), { await: [], assert: fail });
  step("free", command({ cmd: "true" }), { await: [] });`);
  expect(told.deferred).toMatchObject({ status: "failed", error: "on purpose", attempts: 1 });
  expect(told.when).toMatchObject({ status: "failed", error: "on purpose" });
  expect(told.post).toMatchObject({ status: "failed", error: "post raised: on purpose" });
  expect(told.later?.error).toContain("post is asynchronous");
  expect(told.assert).toMatchObject({ status: "failed", error: "assertion raised: on purpose" });
  expect(told.free?.status).toBe("changed");
});

test("a runbook without settings is told what is wanted, and where", async () => {
  await work.write("bare.js", 'import { runbook } from "rcm";\nexport default runbook("x", () => {});\n');
  const { code, stderr } = await work.rcm(["validate", "bare.js"]);
  expect(code).toBe(1);
  expect(stderr).toContain('runbook("x", …) wants a name, an object of settings and a function');
  expect(stderr).toMatch(/bare\.js:2:\d+/);
  expect(stderr).toContain('Write runbook("name", {}, ({ step }) => { … })');
});

test("rules about params and a misspelt retry are refused before anything is run", async () => {
  await work.write(
    "rules.ts",
    `import { dependsOn, field, group, runbook, z } from "rcm";
import { command } from "rcm/modules";
const params = z.object({
  tag: z.string().optional(),
  branch: field(z.string().optional()),
  user: z.string().optional(),
  port: field(z.number().optional(), { message: "give a port number" }),
}).check(group(["tag", "branch"], { required: true, exclusive: true }), dependsOn("user", "port"));
export default runbook("rules", { params }, ({ step }) => {
  step("a", command({ cmd: "echo ran" }), { retry: { max: 2, dealy: 5 } as never });
});
`,
  );
  const said = async (...flags: string[]): Promise<string> =>
    (await work.rcm(["apply", "rules.ts", ...flags])).stderr;
  expect(await said()).toContain('The params of the runbook "rules": wanted exactly one of tag and branch');
  expect(await said("-e", "tag=a", "-e", "user=b")).toContain("user requires port to be present");
  expect(await said("-e", "tag=a", "-e", "port=x")).toContain(
    'Param "port" of the runbook "rules" (from -e port) give a port number',
  );
  expect(await said("-e", "tag=a", "-e", "branch=")).toContain(
    'retry is {"max":2,"dealy":5}: wanted attempts',
  );
});
