import { syncBuiltinESMExports } from "node:module";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { command, copy, debug, reboot, waitFor } from "../../modules/index.ts";
import { changed, defineModule, type InventoryTree, runbook, sh, site, z } from "../../src/index.ts";
import { runRunbook, type Stub, type StubResult, sshHost, stub, stubAny } from "../../src/testing/index.ts";
import { Workplace } from "../support/rcm.ts";

const migrate = defineModule({
  name: "migrate",
  category: "Application",
  summary: "Migrates a database.",
  options: z.strictObject({ repo: z.string(), version: z.number().default(7) }),
  run: async ({ repo }, host) => {
    await host.exec(sh`migrate ${repo}`);
    return { changed: true, message: "", output: { versions: [1] } };
  },
  describe: ({ repo }) => `would migrate ${repo}`,
  changes: true,
});

const PROVISION = runbook(
  "provision",
  { hosts: "web", params: z.object({ version: z.string().default("1") }) },
  ({ step, params, host }) => {
    const install = step("install", command({ cmd: `apt-get install app=${params.version}` }));
    step(
      "conf",
      copy({ dest: "/etc/app.conf", content: (ctx) => `on ${ctx.facts.distro}, ${ctx.output(install)}` }),
    );
    step("restart", command({ cmd: "systemctl restart app" }), { when: changed("conf") });
    step("reboot", reboot({}), { await: ["conf"] });
    step("migrate", migrate({ repo: host.name }), { post: ({ versions }) => versions.length });
    step("say", debug({ message: (ctx) => `migrated ${ctx.result({ name: "migrate" })?.output}` }));
  },
);

const ALL = [
  stub(command, ({ cmd }) => (cmd.startsWith("apt-get") ? { output: "installed" } : undefined)),
  stub(command, ({ cmd }) => ({ output: `ran ${cmd}` })),
  stub(migrate, ({ repo, version }, { host }) => ({
    output: { versions: Array(version).fill(repo === host ? 1 : 0) },
  })),
  stubAny({}),
];

test("a runbook runs through with stubs, in the order of its steps, and its values are used", async () => {
  const run = await runRunbook(PROVISION, {
    hosts: ["nowhere.invalid"],
    mode: "stub",
    stubs: ALL,
    params: { version: "2" },
  });
  expect([run.status, run.id, run.directory]).toEqual(["completed", "", undefined]);
  expect(run.calls.map(({ step, module }) => [step, module])).toEqual([
    ["install", "command"],
    ["conf", "copy"],
    ["reboot", "reboot"],
    ["migrate", "migrate"],
    ["say", "debug"],
  ]);
  expect(run.result("install")).toMatchObject({
    status: "changed",
    output: "installed",
    exitCode: 0,
    attempts: 1,
  });
  expect(run.calls[1]?.options).toMatchObject({ content: "on debian, installed", dest: "/etc/app.conf" });
  expect(run.result("restart")).toMatchObject({ status: "skipped" });
  expect(run.result("migrate")).toMatchObject({ status: "ok", output: 7 });
  expect(run.calls.at(-1)?.options).toEqual({ message: "migrated 7" });
  // What stands in for a connection is not told as one.
  expect(run.events.map(({ type }) => type)).not.toContain("host-connecting");
  expect(run.events.find(({ type }) => type === "run-started")).toMatchObject({ mode: "stub" });
  expect(run.events.find(({ type }) => type === "host-finished")).toMatchObject({
    traffic: { connections: 0, channels: 0, roundTrips: 0, bytesOut: 0, bytesIn: 0 },
  });
});

test("no host is contacted: not a socket is opened, though a real one is named", async () => {
  await using host = await sshHost();
  const before = host.log();
  // The real thing, made unusable: whoever would connect meets an error.
  const { Socket } = await import("node:net");
  const { connect: original } = Socket.prototype;
  let attempts = 0;
  Socket.prototype.connect = function refuse() {
    attempts += 1;
    throw new Error("the network is not to be used");
  } as never;
  syncBuiltinESMExports();
  try {
    expect(() => connect(host.port, host.address)).toThrow("not to be used");
    const run = await runRunbook(PROVISION, { hosts: { h1: host }, mode: "stub", stubs: ALL });
    expect(run.status).toBe("completed");
    expect(attempts).toBe(1);
    const seen = await runRunbook(PROVISION, { hosts: { h1: host } }).catch((error: unknown) => error);
    expect(seen).not.toMatchObject({ status: "completed" });
  } finally {
    Socket.prototype.connect = original;
    syncBuiltinESMExports();
  }
  expect(attempts).toBeGreaterThan(1);
  expect(host.log()).toBe(before);
});

test("a reboot does not halt the run", async () => {
  const run = await runRunbook(PROVISION, {
    hosts: ["a"],
    mode: "stub",
    stubs: [stub(reboot, { changed: true, message: "rebooted" }), ...ALL],
  });
  expect(run.status).toBe("completed");
  expect(run.result("reboot")).toMatchObject({ status: "changed", message: "rebooted" });
  expect(run.result("say").status).toBe("ok");
});

test("a call without a stub fails its step, and names module and options", async () => {
  const run = await runRunbook(PROVISION, {
    hosts: ["a", "b"],
    mode: "stub",
    stubs: [stub(command, { output: "x" })],
  });
  expect(run.status).toBe("failed");
  expect(run.result("conf", "b").error).toMatch(
    /^No stub for copy\(\{.*"dest":"\/etc\/app\.conf".*\}\) \(add stub\(copy, …\), or a stubAny\(…\) at the end\)$/,
  );
  expect(run.result("migrate", "b").status).toBe("blocked");
  expect(() => run.result("conf")).toThrow('The result of "conf" on which host? There are a, b');
  expect(() => run.result("cnf", "a")).toThrow('"a" has no result of a step "cnf": there are install, conf');
});

test.each<[string, StubResult, object]>([
  [
    "another exit status",
    { exitCode: 3, stderr: "a\nbroken\n" },
    { status: "failed", exitCode: 3, error: "exit status 3: broken", stderr: "a\nbroken\n" },
  ],
  ["an error", { error: "no luck" }, { status: "failed", error: "no luck" }],
  [
    "unchanged",
    { changed: false, message: "nothing to do" },
    { status: "ok", changed: false, message: "nothing to do" },
  ],
  ["nothing said", {}, { status: "changed", output: "" }],
])("a command with %s", async (_what, result, wanted) => {
  const book = runbook("one", {}, ({ step }) => void step("one", command({ cmd: "x" })));
  const run = await runRunbook(book, { mode: "stub", stubs: [stub(command, result as StubResult<string>)] });
  expect(run.result("one")).toMatchObject(wanted);
});

test("an action is judged by its own changedWhen and failedWhen", async () => {
  const book = runbook("judged", {}, ({ step }) => {
    step("same", command({ cmd: "x", changedWhen: ({ stdout }) => stdout.includes("new") }));
    step("fine", command({ cmd: "y", changedWhen: false, failedWhen: ({ exitCode }) => exitCode > 1 }));
    step("probe", waitFor({ port: 80 }));
  });
  const run = await runRunbook(book, {
    mode: "stub",
    stubs: [stub(command, { output: "old", exitCode: 1 }), stubAny({})],
  });
  expect(run.result("same").status).toBe("failed");
  const again = await runRunbook(book, {
    mode: "stub",
    stubs: [stub(command, ({ cmd }) => (cmd === "x" ? { output: "old" } : { exitCode: 1 })), stubAny({})],
  });
  expect(
    [again.result("same"), again.result("fine"), again.result("probe")].map(({ status }) => status),
  ).toEqual(["ok", "ok", "ok"]);
});

test("framework options act: when, retry, post, assert, timeout, ignoreErrors", async () => {
  let tries = 0;
  const never: Stub = stub(command, ({ cmd }) =>
    cmd === "hangs" ? new Promise<never>(() => undefined) : undefined,
  );
  const flaky = stub(command, async ({ cmd }) => {
    if (cmd !== "flaky") return undefined;
    tries += 1;
    return tries < 3 ? { exitCode: 1 } : { output: " 5 " };
  });
  const book = runbook("framework", {}, ({ step }) => {
    const count = step("count", command({ cmd: "flaky" }), {
      retry: { max: 3, delay: 1 },
      post: Number,
      assert: ({ output }) => output === 5,
    });
    step("no", command({ cmd: "x" }), { when: (ctx) => ctx.output(count) !== 5 });
    step("wrong", command({ cmd: "x" }), { assert: () => false, ignoreErrors: true });
    step("late", command({ cmd: "hangs" }), { timeout: 50 });
    step("blocked", command({ cmd: "x" }));
  });
  const run = await runRunbook(book, { mode: "stub", stubs: [never, flaky, stubAny({ output: "5" })] });
  expect(run.result("count")).toMatchObject({ status: "changed", attempts: 3, output: 5 });
  expect(run.result("no").status).toBe("skipped");
  expect(run.result("wrong")).toMatchObject({ status: "failed", error: "assertion failed", ignored: true });
  expect(run.result("late")).toMatchObject({ status: "failed", error: "timed out after 0.05 s" });
  expect(run.result("blocked").status).toBe("blocked");
  expect(run.events.filter(({ type }) => type === "step-retry")).toHaveLength(2);
  expect(run.events.find((event) => event.type === "step-output" && event.step === "count")).toBeDefined();
});

test("a stub that throws fails its step; options that are wrong fail before a stub is asked", async () => {
  const thrower = stub(command, () => {
    throw new Error("the stub is wrong");
  });
  const book = runbook("throws", {}, ({ step }) => {
    step("a", command({ cmd: "x" }));
    step("b", command({ cmd: () => 5 as never }), { await: [] });
  });
  const run = await runRunbook(book, { mode: "stub", stubs: [thrower] });
  expect(run.result("a").error).toBe("the stub is wrong");
  expect(run.result("b").error).toBe('option "cmd": wanted string, got number');
  expect(run.calls).toHaveLength(1);
});

test("hosts have variables, groups and facts, and parts of a site run on theirs", async () => {
  const all = site("all", ({ run }) => {
    run(
      runbook(
        "base",
        { hosts: "all:!db" },
        ({ step, host }) =>
          void step("size", command({ cmd: (ctx) => `${host.vars.role} ${ctx.facts.memoryMb}` })),
      ),
    );
    run(
      runbook("data", { hosts: "db" }, ({ step }) => void step("it", command({ cmd: "true" }))),
      { await: [] },
    );
  });
  const inventory: InventoryTree = { web: { hosts: { w: { role: "front" } } }, db: { hosts: { d: null } } };
  const run = await runRunbook(all, {
    inventory,
    mode: "stub",
    stubs: [stubAny({ output: "" })],
    facts: (host) => ({ memoryMb: host === "w" ? 64 : 1 }),
  });
  const asked = run.calls.map(({ host, step, options }) => [host, step, options.cmd]);
  expect(asked.toSorted()).toEqual([
    ["d", "data/it", "true"],
    ["w", "base/size", "front 64"],
  ]);
});

test("the same runbook runs as a dry run and for real", async () => {
  await using host = await sshHost();
  const book = runbook("real", { hosts: "web" }, ({ step, host: { vars } }) => {
    step("made", command({ cmd: "touch made; echo yes" }), { cwd: String(vars.dir) });
  });
  const dry = await runRunbook(book, { hosts: { h: host }, mode: "check" });
  expect(dry.result("made").message).toBe("would execute: touch made; echo yes");
  const real = await runRunbook(book, { hosts: { h: host } });
  expect(real.result("made")).toMatchObject({ status: "changed", output: "yes\n" });
});

test("a file is run with stubs, also for modules of its own", async () => {
  await using work = await Workplace.make();
  const file = await work.write(
    "own.ts",
    `import { defineModule, runbook, z } from "rcm";
const greet = defineModule({ name: "greet", category: "Own", summary: "Greets.", options: z.strictObject({ who: z.string() }),
  action: () => { throw new Error("it is not to be run"); } });
export default runbook("own", {}, ({ step }) => {
  step("greet", greet({ who: (ctx) => ctx.facts.hostname }));
});`,
  );
  const greet = defineModule({
    name: "greet",
    category: "Own",
    summary: "Greets.",
    options: z.strictObject({ who: z.string() }),
    run: async () => ({ changed: false, message: "" }),
    describe: () => "",
    changes: false,
  });
  const run = await runRunbook(file, {
    hosts: ["h"],
    mode: "stub",
    stubs: [stub(greet, ({ who }) => ({ output: `hello ${who}` as never }))],
  });
  expect(run.calls[0]?.options).toEqual({ who: "h" });
});

test("what makes no sense is refused", async () => {
  const book = runbook("none", {}, ({ step }) => void step("a", command({ cmd: "x" })));
  await expect(runRunbook(book, { stubs: [] })).rejects.toThrow(
    'stubs are for the mode "stub", and this is "run"',
  );
  await expect(runRunbook(book, { hosts: ["a"], inventory: "a," })).rejects.toThrow(
    "hosts and inventory exclude each other",
  );
  expect(() => stub({} as never, {})).toThrow("wanted a module");
});
