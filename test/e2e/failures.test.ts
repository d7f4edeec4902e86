import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sshHost, type TestHost } from "../../src/testing/index.ts";
import { Workplace } from "../support/rcm.ts";

let one: TestHost;
let two: TestHost;
let work: Workplace;

beforeAll(async () => {
  [one, two] = await Promise.all([sshHost(), sshHost()]);
  work = await Workplace.make();
  await work.inventory({ one, two });
});
afterAll(async () => {
  await Promise.all([one.stop(), two.stop()]);
  await work[Symbol.asyncDispose]();
});

const book = (body: string, settings = "{}"): string => `
import { changed, runbook, z } from "rcm";
import { bash, command, copy, debug, file, lineinfile } from "rcm/modules";
export default runbook("book", ${settings}, ({ step, host, params }) => {
${body}
});
`;

test("a failing step blocks what awaits it and nothing else", async () => {
  await work.write(
    "fail.ts",
    book(`
  const a = step("a", command({ cmd: host.name === "one" ? "echo said; echo why >&2; exit 7" : "true" }));
  step("b", command({ cmd: "touch " + host.vars.dir + "/b" }));
  step("c", command({ cmd: "true" }));
  step("free", command({ cmd: "touch " + host.vars.dir + "/free" }), { await: [] });`),
  );
  const { code, stdout } = await work.rcm(["apply", "fail.ts", "-i", "hosts.yaml"]);
  expect(code).toBe(2);
  expect(stdout).toMatch(/one +ok=1 changed=1 unreachable=0 failed=1 skipped=2/);
  expect(stdout).toMatch(/two +ok=4 changed=4 unreachable=0 failed=0 skipped=0/);
  expect(stdout).toContain("✗ a failed on one");
  expect(stdout).toContain("at fail.ts:6 (command)");
  expect(stdout).toContain("exit status 7: why");
  expect(stdout).toContain("stdout | said");
  expect(stdout).toContain("blocked: b, c");
  expect(stdout).toMatch(/resume: rcm resume \d{8}-\d{6}-[0-9a-f]{4}/);
  expect(existsSync(join(one.dir, "b"))).toBe(false);
  expect(existsSync(join(one.dir, "free"))).toBe(true);
});

test("a host that does not answer costs the connect budget, and the others are done", async () => {
  // 192.0.2.0/24 is for documentation; nothing is sent there: the port of a listener that never answers stands in.
  const { createServer } = await import("node:net");
  const silent = createServer(() => undefined).listen(0, "127.0.0.1");
  await new Promise((resolve) => silent.once("listening", resolve));
  const { port } = silent.address() as { port: number };
  const list = `all:\n  hosts:\n    one: ${JSON.stringify({ ansible_host: one.address, ansible_port: one.port, ansible_user: one.user, ansible_ssh_private_key_file: one.privateKey, rcm: { known_hosts: one.knownHosts } })}\n    gone: {ansible_host: 127.0.0.1, ansible_port: ${port}}\n    closed: {ansible_host: 127.0.0.1, ansible_port: 1}\n`;
  await work.write("mixed.yaml", list);
  await work.write("ok.ts", book(`step("a", command({ cmd: "true" }));`));
  const { code, stdout } = await work.rcm(["apply", "ok.ts", "-i", "mixed.yaml", "-T", "1"]);
  silent.close();
  expect(code).toBe(4);
  expect(stdout).toMatch(/one +ok=1/);
  expect(stdout).toContain("no answer within 1 s");
  expect(stdout).toContain("nothing listens there");
  expect(stdout).toContain("3 hosts: 1 ok, 1 changed, 0 failed, 2 unreachable");
});

test("retry tries as often as it says, and tells of each", async () => {
  await work.write(
    "retry.ts",
    book(`
  step("third", command({ cmd: "echo x >> tries; [ $(wc -l < tries) -ge 3 ]" }), { cwd: String(host.vars.dir), retry: { max: 5, delay: 10 } });
  step("never", command({ cmd: "echo x >> nevers; false" }), { cwd: String(host.vars.dir), retry: { max: 2, delay: "10ms" } });`),
  );
  const { events } = await work.events(["apply", "retry.ts", "-i", "hosts.yaml", "-l", "one"]);
  const results = Object.fromEntries(
    events.filter(({ type }) => type === "step-finished").map((event) => [event.step, event.result]),
  ) as Record<string, { status: string; attempts: number }>;
  expect([results.third?.status, results.third?.attempts]).toEqual(["changed", 3]);
  expect([results.never?.status, results.never?.attempts]).toEqual(["failed", 2]);
  expect(events.filter(({ type }) => type === "step-retry")).toHaveLength(3);
});

test("ignoreErrors, when, post, assert, env and deferred values", async () => {
  await work.write(
    "options.ts",
    book(`
  const bad = step("bad", command({ cmd: "exit 3" }), { ignoreErrors: true });
  const count = step("count", command({ cmd: "echo 41" }), { post: (out) => Number(out) + 1, assert: (result) => result.output === 42 });
  step("told", command({ cmd: "printf %s \\"$N-$WHO\\"" }), { env: { N: (ctx) => ctx.output(count) ?? 0, WHO: "it's me" }, assert: (result) => result.output === "42-it's me" });
  step("no", command({ cmd: "false" }), { when: (ctx) => ctx.output(count) === 0 });
  step("args", command({ cmd: "printf", args: ["%s|", (ctx) => String(ctx.output(count)), "a b", "$(x)"] }), { assert: (result) => result.output === "42|a b|$(x)|" });
  step("facts", debug({ message: (ctx) => ctx.facts.os + ctx.host.name }), { assert: (result) => result.output === "linux" + host.name });
  step("asserted", command({ cmd: "echo 1" }), { assert: () => false });`),
  );
  const { events, outcome } = await work.events(["apply", "options.ts", "-i", "hosts.yaml", "-l", "one"]);
  const status = Object.fromEntries(
    events
      .filter(({ type }) => type === "step-finished")
      .map((event) => [event.step, (event.result as unknown as { status: string }).status]),
  );
  expect(status).toEqual({
    bad: "failed",
    count: "changed",
    told: "changed",
    no: "skipped",
    args: "changed",
    facts: "ok",
    asserted: "failed",
  });
  expect(outcome.code).toBe(2);
});

test("everything that is wrong is told at once, with its place, and no host is connected to", async () => {
  const before = one.log() + two.log();
  await work.write(
    "wrong.ts",
    book(`
  step("a", command({ cmd: "true" }), { await: ["nowhere"] } as never);
  step("a", command({ cmd: "true" }));
  step("typo", copy({ dest: "/tmp/x", contnt: "y" } as never));
  step("type", file({ path: 7, state: "directory" } as never));
  step("mode", file({ path: "/tmp/x", state: "directory", mode: 755 } as never));
  step("missing", copy({ src: "no-such-file", dest: "/tmp/x" }));
  step("loop1", command({ cmd: "true" }), { await: ["loop2"] });
  step("loop2", command({ cmd: "true" }), { await: ["loop1"] });
  step("opt", command({ cmd: "true" }), { retries: 3 } as never);`),
  );
  const { code, stderr, stdout } = await work.rcm(["apply", "wrong.ts", "-i", "hosts.yaml"]);
  expect(stdout).toBe("");
  expect(code).toBe(1);
  for (const text of [
    'Step "a" awaits "nowhere", but there is no such step',
    'There are two steps named "a"',
    'copy has no option "contnt", did you mean "content"?',
    'option "path": wanted string, got number',
    'wanted a quoted mode such as "0644": a number reads as decimal',
    'no-such-file": no such file',
    'Steps wait for each other: "loop1" awaits "loop2" awaits "loop1"',
    'there is no step option "retries"',
  ]) {
    expect(stderr).toContain(text);
  }
  expect(stderr).toMatch(/at wrong\.ts:6:\d+\n {2}6 \| {3}step\("a"/);
  expect(stderr).toContain("no host was touched");
  expect(one.log() + two.log()).toBe(before);
});

test.each([
  ["an unknown group", ["apply", "ok.ts", "-i", "hosts.yaml", "-l", "nowhere"], 3, /nowhere/],
  ["a missing inventory", ["apply", "ok.ts", "-i", "none.yaml"], 1, /none\.yaml/],
  [
    "a missing runbook",
    ["apply", "none.ts", "-i", "hosts.yaml"],
    1,
    /Cannot read the runbook "none\.ts": no such file/,
  ],
  ["an unknown flag", ["apply", "ok.ts", "--frob"], 1, /unknown option '--frob'/],
  [
    "a param that nobody has",
    ["apply", "ok.ts", "-i", "hosts.yaml", "-e", "x=1"],
    1,
    /No runbook of "book" has a param "x"/,
  ],
  [
    "an unknown module",
    ["run", "all", "cpoy", "-i", "hosts.yaml"],
    1,
    /There is no module "cpoy", did you mean "copy"/,
  ],
  ["no command", ["apply"], 1, /missing required argument/],
  ["an unknown run", ["resume", "zzzz"], 3, /There is no run "zzzz"/],
])("%s is refused", async (_name, args, wanted, text) => {
  await work.write("ok.ts", book(`step("a", command({ cmd: "true" }));`));
  const { code, stderr } = await work.rcm(args);
  expect(stderr).toMatch(text);
  expect(code).toBe(wanted);
});

test("mistakes in a user's file are shown with their line", async () => {
  await work.write("syntax.ts", `import { runbook } from "rcm";\nconst a = ;\nexport default a;\n`);
  const syntax = await work.rcm(["apply", "syntax.ts"]);
  expect(syntax.stderr).toMatch(/syntax\.ts:2:\d+\n {2}2 \| const a = ;/);
  await work.write(
    "throws.ts",
    book(`\n  const x: { y?: { z: string } } = {};\n  step(x.y!.z, command({ cmd: "true" }));`),
  );
  const throwing = await work.rcm(["apply", "throws.ts"]);
  expect(throwing.stderr).toMatch(/Cannot read properties of undefined/);
  expect(throwing.stderr).toMatch(/throws\.ts:7:\d+/);
  await work.write("none.ts", `export const x = 1;\n`);
  expect((await work.rcm(["apply", "none.ts"])).stderr).toMatch(/exports no runbook/);
});

test("params are cast from flags, files and the environment", async () => {
  await work.write(
    "params.ts",
    book(
      `step("show", debug({ message: JSON.stringify(params) }));`,
      "{ params: z.object({ n: z.number(), s: z.string(), list: z.array(z.string()).default([]), on: z.boolean().default(false), env: z.number() }) }",
    ),
  );
  await work.write("vars.yaml", "n: 1\ns: from file\nlist: [a, b]\n");
  const { stdout } = await work.rcm(
    ["apply", "params.ts", "--var-file", "vars.yaml", "-e", "n=2", "-e", "on=true", "-e", "s=1.10"],
    { RCM_VAR_env: "5" },
  );
  expect(stdout).toContain('{"n":2,"s":"1.10","list":["a","b"],"on":true,"env":5}');
  const missing = await work.rcm(["apply", "params.ts", "-e", "n=two"]);
  expect(missing.code).toBe(1);
  expect(missing.stderr).toContain('Param "n" of the runbook "book" (from -e n) wanted number, got string');
  expect(missing.stderr).toContain('Param "s" of the runbook "book" is required: wanted string');
});
