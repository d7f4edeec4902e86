import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sshHost, type TestHost } from "../../src/testing/index.ts";
import { Workplace } from "../support/rcm.ts";

let host: TestHost;
beforeAll(async () => {
  host = await sshHost();
});
afterAll(() => host.stop());

/** A runbook whose loaders leave a line each in `calls`. */
const book = (body: string, settings = "{}"): string => `
import { appendFileSync } from "node:fs";
import { defineModule, runbook, sh, z } from "rcm";
import { bash, command, copy } from "rcm/modules";
const called = (name, value) => { appendFileSync("calls", name + "\\n"); return value; };
export default runbook("secretive", ${settings}, ({ step, secret, host, params }) => {
${body}
});`;

async function apply(body: string, hosts: readonly string[] = ["host"], args: readonly string[] = []) {
  await using work = await Workplace.make();
  await work.inventory(Object.fromEntries(hosts.map((name) => [name, host])));
  await work.write("book.ts", book(body));
  const outcome = await work.rcm(["apply", "book.ts", "-i", "hosts.yaml", ...args]);
  const calls = existsSync(work.path("calls")) ? (await work.read("calls")).trim().split("\n") : [];
  const hasRun = existsSync(join(work.state, "runs"));
  return { ...outcome, calls, hasRun };
}

describe("loaders", () => {
  test("run once each for all hosts, only those that a step is given, whether sync, async or a text", async () => {
    const { code, calls, stderr } = await apply(
      `
const a = secret("a-token", () => called("a-token", "value of a"));
secret("later", async () => called("later", "value of later"));
secret("text", "value of text");
secret("unused", () => { throw new Error("nobody asked for this"); });
step("one", bash({ script: '[ "\${A_TOKEN#value }" = "of a" ] && [ "\${LATER#value }" = "of later" ]' }), { secrets: [a, "later"] });
step("two", command({ cmd: '[ "\${TEXT#value }" = "of text" ] && [ "\${A_TOKEN#value }" = "of a" ]' }), { secrets: [a, "text"], env: { TEXT: "of env" } });
step("three", command({ cmd: '[ -z "\${A_TOKEN+set}" ]' }));`,
      ["h1", "h2", "h3"],
      ["--forks", "1"],
    );
    expect([stderr, code, calls.toSorted()]).toEqual(["", 0, ["a-token", "later"]]);
  });

  test("one that takes the host is called for each", async () => {
    const { code, calls } = await apply(
      `
secret("own", (host) => called(host.name, "value of " + host.name));
step("one", command({ cmd: '[ "\${OWN#value of }" = ' + host.name + ' ]' }), { secrets: ["own"] });`,
      ["h1", "h2"],
    );
    expect([code, calls]).toEqual([0, ["h1", "h2"]]);
  });

  test.each([
    ["() => { throw new Error('the vault is sealed'); }", 'the secret "s": the vault is sealed'],
    ["async () => { throw new Error('the vault is sealed'); }", 'the secret "s": the vault is sealed'],
    ["() => process.env.NOT_SET_ANYWHERE", "its loader gave undefined: wanted a text"],
    ["() => 'abc'", "it is shorter than 4 characters"],
    ["'abc\\n\\n'", "it is shorter than 4 characters"],
    ["() => 'ab\\0cd'", "it holds a NUL character"],
    ["() => 'x'.repeat(70000)", "it is longer than 64 KiB"],
    ["() => host.vars.token", "it reads host.vars, but is called once for all hosts"],
  ])("%s stops the run with nothing touched", async (loader, message) => {
    const { code, stderr, hasRun } = await apply(
      `secret("s", ${loader});
step("touch", command({ cmd: "touch touched-by-secret" }), { secrets: ["s"], cwd: String(host.vars.dir) });`,
    );
    expect(stderr).toContain("Cannot load the secret");
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/book\.ts:7/);
    expect([code, hasRun]).toEqual([1, false]);
    expect(readdirSync(host.dir)).not.toContain("touched-by-secret");
  });

  test("all that fail are told together", async () => {
    const { code, stderr } = await apply(
      `secret("s", () => { throw new Error("first"); });
secret("t", () => { throw new Error("second"); });
step("x", command({ cmd: "true" }), { secrets: ["s", "t"] });`,
      ["h1", "h2"],
    );
    expect(stderr.match(/Cannot load the secret/g)).toHaveLength(2);
    expect(code).toBe(1);
  });
});

test.each([
  [
    'step("x", command({ cmd: "true" }), { secrets: ["nope"] });',
    'Step "x": there is no secret "nope": the runbook has none',
  ],
  [
    'step("x", command({ cmd: "true" }), { secrets: [{ name: "nope" }] });',
    'Step "x": secrets holds something that is no secret of this runbook',
  ],
  [
    'step("x", command({ cmd: "true" }), { secrets: "nope" });',
    'secrets is "nope": wanted a list of secrets',
  ],
  [
    'secret("s", "1234"); secret("s", "1234");',
    'There are two secrets named "s" (the first one is on line 7)',
  ],
  [
    'secret("a-b", "1234"); secret("A_b", "1234");',
    'The secrets "a-b" and "A_b" would be the same environment variable, A_B',
  ],
  ['secret("a b", "1234");', 'A secret cannot be named "a b"'],
  ['secret("s");', 'The secret "s" has no loader'],
])("%s is refused with its line", async (body, message) => {
  const { code, stderr, hasRun } = await apply(body);
  expect(stderr).toContain(message);
  expect(stderr).toMatch(/book\.ts:7/);
  expect([code, hasRun]).toEqual([1, false]);
});

describe("a step reads those that it is given", () => {
  test("in deferred values, and in modules of any kind", async () => {
    const { code, stdout } = await apply(`
const a = secret("a", "value of a");
const about = (name) => ({ name, category: "Own", summary: "s", options: z.strictObject({}) });
const state = defineModule({ ...about("state"), properties: (_, { secrets }) => ({
  text: { probe: sh\`cat secret-file 2>/dev/null || :\`, want: secrets.get("a"), apply: sh\`rcm_put \${secrets.get("a")} >secret-file\` } }) });
const effect = defineModule({ ...about("effect"), action: (_, { secrets }) => ({ script: sh\`[ "$(cat secret-file)" = \${secrets.get("a")} ]\`, describe: "look" }) });
const here = defineModule({ ...about("here"), changes: false, describe: () => "", run: async (_, host) => ({ changed: false, message: String(host.secrets.get("a").length) }) });
const given = { secrets: [a], cwd: String(host.vars.dir) };
step("state", state({}), given);
step("effect", effect({}), given);
step("here", here({}), given);
step("copy", copy({ dest: "copied", content: (ctx) => ctx.secrets.get(a) + "!" }), given);
step("compare", command({ cmd: '[ "$(cat copied)" = "$A!" ]' }), given);
step("stdin", command({ cmd: '[ "$(cat)" = "$A" ]', stdin: (ctx) => ctx.secrets.get(a) }), given);
step("include", bash({ script: '[ "\${A#value }" = "of a" ] && [ -z "$HOME" ]', envInclude: ["PATH"] }), given);`);
    expect(stdout).toContain("| here | ok |");
    expect(stdout).not.toContain("failed |");
    expect(code).toBe(0);
  });

  test.each([
    [
      'step("x", command({ cmd: (ctx) => ctx.secrets.get("a") }));',
      'The secret "a" is read, but the step is not given it',
    ],
    [
      'step("x", command({ cmd: (ctx) => "echo " + ctx.secrets.get("a") }), { secrets: ["a"] });',
      'option "cmd": it holds the secret "a", which would show in the host\'s list of processes',
    ],
    [
      'step("x", bash({ script: "true", args: (ctx) => [ctx.secrets.get("a")] }), { secrets: ["a"] });',
      'option "args": it holds the secret "a"',
    ],
  ])("%s fails", async (body, message) => {
    const { code, stdout } = await apply(`secret("a", "value of a");\n${body}`);
    expect(stdout).toContain(message);
    expect(code).toBe(2);
  });
});

test("a resumed run loads them again", async () => {
  await using work = await Workplace.make();
  await work.inventory({ host });
  const source = (cmd: string): string =>
    book(`
secret("s", () => called("s", "value of s"));
step("done", command({ cmd: '[ "\${S#value }" = "of s" ]' }), { secrets: ["s"] });
step("second", command({ cmd: ${JSON.stringify(cmd)} }), { secrets: ["s"] });`);
  await work.write("book.ts", source("false"));
  expect((await work.rcm(["apply", "book.ts", "-i", "hosts.yaml"])).code).toBe(2);
  await work.write("book.ts", source(`[ "\${S#value }" = "of s" ]`));
  expect((await work.rcm(["resume"])).code).toBe(0);
  expect(await work.read("calls")).toBe("s\ns\n");
});

describe("grafted runbooks", () => {
  const part = (loader: string, name = "token"): string => `
const part = runbook("part", { params: z.object({ of: z.string().default("part") }) }, ({ step, secret, params }) => {
  secret(${JSON.stringify(name)}, ${loader});
  step("own", bash({ script: '[ "\${TOKEN#value of }" = "$1" ]', args: [params.of] }), { secrets: [${JSON.stringify(name)}] });
});`;
  const graftedBook = (top: string, body: string): string =>
    book(body).replace("export default", `${top}\nexport default`);

  async function run(top: string, body: string, hosts: readonly string[] = ["host"]) {
    await using work = await Workplace.make();
    await work.inventory(Object.fromEntries(hosts.map((name) => [name, host])));
    await work.write("book.ts", graftedBook(top, body).replace("host, params }", "host, graft, merge }"));
    const outcome = await work.rcm(["apply", "book.ts", "-i", "hosts.yaml", "--forks", "1"]);
    const calls = existsSync(work.path("calls")) ? (await work.read("calls")).trim().split("\n") : [];
    return { ...outcome, calls, hasRun: existsSync(join(work.state, "runs")) };
  }

  test("bring their secrets, by the names that they know, and steps around them may read both", async () => {
    const { code, calls, stderr } = await run(
      `${part('() => called("token", "value of part")')}
const nested = runbook("nested", {}, ({ graft }) => { graft("inner", part); });`,
      `
secret("mine", () => called("mine", "value of mine"));
graft("a", nested);
step("both", command({ cmd: '[ "\${TOKEN#value of } \${MINE#value of }" = "part mine" ]' }), { secrets: ["mine", "token"] });`,
    );
    expect([stderr, code, calls.toSorted()]).toEqual(["", 0, ["mine", "token"]]);
  });

  test.each(["graft", "merge"])("a clash is refused: %s", async (how) => {
    const { code, calls, stderr, hasRun } = await run(
      part('() => called("token", "value of part")'),
      `secret("token", () => called("token", "value of mine"));
${how}("a", part);`,
    );
    expect(stderr).toMatch(
      /The runbook "part", grafted as "a", has a secret "token", which clashes with the secret "token" \(the first one is on line 12\): .*\n +at .*book\.ts:13/,
    );
    expect([code, calls, hasRun]).toEqual([1, [], false]);
  });

  test("a clash is refused too where the part comes first, or only the variables are the same", async () => {
    const late = await run(part('"value of part"'), 'graft("a", part);\nsecret("token", "value of mine");');
    expect(late.stderr).toContain('There are two secrets named "token" (the first one is on line 8)');
    const alike = await run(part('"value of part"'), 'secret("TOKEN", "value of mine");\ngraft("a", part);');
    expect(alike.stderr).toContain('has a secret "token", which clashes with the secret "TOKEN"');
    const twice = await run(part('() => "value of part"'), 'graft("a", part);\ngraft("b", part);');
    expect(twice.stderr).toContain('grafted as "b", has a secret "token", which clashes');
  });

  test("a runbook that is grafted twice has its secrets once, where their loader is the same", async () => {
    const { code, calls, stderr } = await run(
      `const load = () => called("token", "value of part");${part("load")}`,
      'graft("a", part);\ngraft("b", part);',
    );
    expect([stderr, code, calls]).toEqual(["", 0, ["token"]]);
  });

  test("a loader that reads params is called for each that they differ by", async () => {
    const { code, calls, stdout } = await run(
      part('() => called(params.of, "value of " + params.of)'),
      'graft("a", part, { params: { of: host.name === "h3" ? "h3" : "others" } });',
      ["h1", "h2", "h3"],
    );
    expect(stdout).not.toContain("failed |");
    expect([code, calls]).toEqual([0, ["others", "h3"]]);
  });
});
