import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as builtIn from "../../modules/index.ts";
import * as ofFlows from "../../src/flow/typescript/index.ts";
import {
  defineModule,
  type Module,
  type ModuleCall,
  runbook,
  type StepContext,
  sh,
  z,
} from "../../src/index.ts";
import { isModule } from "../../src/module/define.ts";
import { runRunbook, stubAny, type TestRun } from "../../src/testing/index.ts";
import { stage } from "./stage.ts";
import { webServer } from "./web-server.ts";

const SECRET = "p4ss/word & more";
const { authorizedKey, blockinfile, command, copy, cron, file, getUrl } = builtIn;
const { debug, fail, iniFile, lineinfile, replace, template, user } = builtIn;

const modules: readonly Module[] = [...Object.values<unknown>(builtIn), ...Object.values(ofFlows)].filter(
  isModule,
);

/** Every option of every module but those that are functions. */
const OPTIONS = modules.flatMap((module) => {
  const { name, options, callbacks = [], secretOptions = [] } = module.definition;
  return Object.keys(options.shape)
    .filter((option) => !callbacks.includes(option))
    .map((option) => ({ name: `${name}.${option}`, module, option, takes: secretOptions.includes(option) }));
});

const read = (ctx: StepContext): string => ctx.secrets.get("s");

/** Gives one option the secret; all others come to nothing when they are due, which a plan cannot know. */
function callWith({ module, option }: (typeof OPTIONS)[number]): ModuleCall {
  const { options, callbacks = [] } = module.definition;
  const given = Object.keys(options.shape).filter((one) => !callbacks.includes(one));
  return module(
    Object.fromEntries(given.map((one) => [one, one === option ? read : () => undefined])) as never,
  );
}

async function stubbed(calls: Readonly<Record<string, ModuleCall>>): Promise<TestRun> {
  const book = runbook("test", {}, ({ step, secret }) => {
    const s = secret("s", SECRET);
    for (const [id, call] of Object.entries(calls))
      step(id, call, { secrets: [s], ignoreErrors: true, await: [] });
  });
  return await runRunbook(book, { mode: "stub", stubs: [stubAny({})], secrets: { s: SECRET } });
}

async function refusal(call: ModuleCall): Promise<string | undefined> {
  return (await stubbed({ x: call })).result("x").error;
}

test("an option either takes secrets or refuses them, and says which do", async () => {
  const run = await stubbed(Object.fromEntries(OPTIONS.map((one) => [one.name, callWith(one)])));
  expect(OPTIONS.length).toBeGreaterThan(400);
  for (const { name, module, option, takes } of OPTIONS) {
    const { error } = run.result(name);
    const told = `option "${option}": it holds the secret "s", which`;
    if (takes) expect(error ?? "", name).not.toContain("secret");
    else expect(error, name).toMatch(new RegExp(`${told} (?:w|c)ould show in the host's list of processes`));
    expect(error ?? "", name).not.toContain(SECRET);
    expect(module.definition.secretOptions?.every((one) => one in module.definition.options.shape)).not.toBe(
      false,
    );
  }
});

test.each<readonly [string, ModuleCall]>([
  ["in a longer text", file({ path: (ctx) => `/srv/${read(ctx)}/a`, state: "touch" })],
  ["one that was known before", file({ path: `/srv/${SECRET}`, state: "touch" })],
  ["in a list", command({ cmd: "true", args: ["a", read] })],
  ["as a key", ofFlows.dockerRun({ image: "a", ports: (ctx: StepContext) => ({ [read(ctx)]: 1 }) } as never)],
  [
    "in an object",
    ofFlows.dockerRun({ image: "a", volumes: { "/a": { bind: (ctx: StepContext) => read(ctx) } } } as never),
  ],
  [
    "in a URL",
    builtIn.git({ repo: (ctx) => `https://me:${encodeURIComponent(read(ctx))}@example.com/a`, dest: "/a" }),
  ],
  ["as base64", file({ path: (ctx) => `/srv/${Buffer.from(read(ctx)).toString("base64")}`, state: "touch" })],
])("a secret is found %s", async (_, call) => {
  expect(await refusal(call)).toMatch(/it holds the secret "s"/);
});

test("the step fails, and the hint tells what to do instead", async () => {
  const custom = defineModule({
    name: "own",
    category: "Test",
    summary: "Says nothing of secrets.",
    options: z.strictObject({ word: z.string() }),
    action: ({ word }) => ({ script: sh`true ${word}`, describe: "true" }),
  });
  const told = async (call: ModuleCall): Promise<string | undefined> => {
    const run = await stubbed({ x: call, after: debug({ message: "goes on" }) });
    expect(run.result("after").status).toBe("ok");
    return run.result("x").error;
  };
  expect(await told(command({ cmd: read }))).toBe(
    'option "cmd": it holds the secret "s", which would show in the host\'s list of processes (read it from the environment: "$S")',
  );
  expect(await told(copy({ dest: read, content: "" }))).toBe(
    'option "dest": it holds the secret "s", which could show in the host\'s list of processes (these options of copy take secrets: content)',
  );
  expect(await told(custom({ word: read }))).toMatch(/\(own takes secrets in none of its options\)$/);
});

test.each<readonly [string, ModuleCall]>([
  [
    "docker_container",
    builtIn.dockerContainer({
      name: "a",
      image: "a",
      env: (ctx: StepContext) => ({ [read(ctx)]: "x" }),
    } as never),
  ],
  [
    "docker_run",
    ofFlows.dockerRun({ image: "a", environment: (ctx: StepContext) => ({ [read(ctx)]: "x" }) } as never),
  ],
])("the names of variables of %s are no place for one", async (_, call) => {
  const book = runbook("test", {}, ({ step, secret }) => {
    secret("s", "A_NAME");
    step("x", call, { secrets: ["s"] });
  });
  const run = await runRunbook(book);
  expect(run.result("x").error).toMatch(/the name of a variable holds the secret "s"/);
});

test("secretOptions names options", () => {
  const define = () =>
    defineModule({
      name: "own",
      category: "Test",
      summary: "Names what is no option.",
      options: z.strictObject({ word: z.string() }),
      secretOptions: ["wrod"],
      action: () => ({ script: sh`true`, describe: "true" }),
    });
  expect(define).toThrow(
    'Cannot define the module "own": secretOptions names "wrod", which is no option of it',
  );
});

/** Programs that the scripts of modules call; each tells what it was called with. */
const PROGRAMS =
  "sh bash cat grep sed awk cut tr head tail mktemp chmod chown chgrp stat mv rm mkdir rmdir cp ln ls cmp id getent sha256sum readlink date wc sort tee touch find env base64 printf echo test [ curl wget";

describe("no program gets a secret as an argument", () => {
  const on = stage();
  const web = webServer((_, response) => void response.end("text\n"));
  const key = `ssh-ed25519 ${"A".repeat(68)}`;

  const cases: Readonly<Record<string, (dir: string) => ModuleCall>> = {
    copy: () => copy({ dest: "a", content: read, validate: "cat %s" }),
    "copy that is refused": () => copy({ dest: "a", content: read, validate: "cat %s; false" }),
    template: () => template({ dest: "a", content: "<%= it.a %>", vars: { a: read } }),
    lineinfile: () => lineinfile({ path: "a", line: read, create: true }),
    "lineinfile by regexp": () => lineinfile({ path: "old", line: "x", regexp: read }),
    blockinfile: () => blockinfile({ path: "a", block: read, create: true }),
    replace: () => replace({ path: "old", regexp: "old", replace: read }),
    "replace it": () => replace({ path: "old", regexp: read, replace: "" }),
    ini_file: () => iniFile({ path: "a", section: read, option: read, value: read }),
    authorized_key: (dir) => authorizedKey({ user: "root", key, comment: read, path: `${dir}/a` }),
    "authorized_key's options": (dir) =>
      authorizedKey({
        ...{ user: "root", key, path: `${dir}/a` },
        keyOptions: (ctx) => `command="${read(ctx)}"`,
      }),
    "authorized_key absent": (dir) =>
      authorizedKey({
        user: "root",
        key: (ctx) => `${key} ${read(ctx)}`,
        state: "absent",
        path: `${dir}/old`,
      }),
    cron: (dir) => cron({ name: "a", job: read, user: "root", cronFile: `${dir}/a` }),
    "a variable of cron": (dir) => cron({ name: "A", env: true, job: read, cronFile: `${dir}/a` }),
    get_url: () =>
      getUrl({ url: web.at, dest: "a", urlUsername: "u", urlPassword: read, headers: { "X-A": read } }),
    bash_run: () =>
      ofFlows.bashRun({ command: (ctx) => `: '${encodeURIComponent(read(ctx))}'; cat /dev/null` }),
    file_write: (dir) => ofFlows.fileWrite({ filename: `${dir}/a`, content: read }),
    stdin: () => command({ cmd: "cat", stdin: read }),
  };

  test.each(Object.entries(cases))("%s", async (name, call) => {
    const dir = on.dir();
    const [path, seen] = [`${dir}/../bin`, `${dir}/../seen`];
    mkdirSync(path);
    writeFileSync(
      `${path}/spy`,
      `#!/bin/busybox sh\n/usr/bin/tr '\\0' ' ' </proc/$$/cmdline >>${seen}\nexec "/usr/bin/\${0##*/}" "$@"\n`,
      { mode: 0o755 },
    );
    for (const program of PROGRAMS.split(" ")) symlinkSync("spy", `${path}/${program}`);
    writeFileSync(`${dir}/old`, `old ${SECRET}\n${key}\n`);
    const run = async (): Promise<string> => {
      const { status } = await on.run(dir, call(dir), {
        secrets: { s: SECRET },
        step: { secrets: ["s"], env: { PATH: path } },
      });
      return status;
    };
    // Once to bring it about, and once to find it there.
    const statuses = [await run(), await run()];
    const said = readFileSync(seen, "utf8");
    expect(said).toContain("/bin/");
    for (const piece of [
      "p4ss",
      encodeURIComponent(SECRET),
      Buffer.from(SECRET).toString("base64").slice(0, 9),
    ])
      expect(said).not.toContain(piece);
    expect(statuses[0]).toBe(name.includes("refused") ? "failed" : "changed");
  });
});

test("what does not go to the host shows its secrets nowhere either", async () => {
  const run = await stubbed({ fail: fail({ message: read }), user: user({ name: "a", password: read }) });
  expect(run.result("user").error).toMatch(/option "password": wanted the hash/);
  expect(run.result("fail").error ?? "").not.toContain(SECRET);
});
