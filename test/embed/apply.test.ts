import { existsSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bash, command, copy } from "../../modules/index.ts";
import {
  type ApplyOptions,
  apply,
  changed,
  type Event,
  type InventoryTree,
  plan,
  RcmError,
  type RunHandle,
  resume,
  runbook,
  z,
} from "../../src/index.ts";
import { sshHost, type TestHost } from "../../src/testing/index.ts";
import { eventually, Workplace } from "../support/rcm.ts";

let hosts: readonly TestHost[];
let work: Workplace;
beforeAll(async () => {
  hosts = await Promise.all([sshHost(), sshHost()]);
  work = await Workplace.make();
});
afterAll(async () => {
  await Promise.all(hosts.map((host) => host.stop()));
  await work[Symbol.asyncDispose]();
});

function inventory(names: readonly string[] = ["h1"]): InventoryTree {
  const settings = names.map((name, i) => {
    const host = hosts[i] as TestHost;
    const vars = {
      ansible_host: host.address,
      ansible_port: host.port,
      ansible_user: host.user,
      ansible_ssh_private_key_file: host.privateKey,
      dir: host.dir,
      rcm: { known_hosts: host.knownHosts },
    };
    return [name, vars] as const;
  });
  return { all: { hosts: Object.fromEntries(settings) } };
}

function options(more: ApplyOptions = {}): ApplyOptions {
  return { inventory: inventory(), stateDir: work.state, ...more };
}

async function eventsOf(run: RunHandle): Promise<readonly Event[]> {
  const events: Event[] = [];
  for await (const event of run) events.push(event);
  return events;
}

const LAMP = runbook("lamp", { params: z.object({ text: z.string() }) }, ({ step, host, params }) => {
  const dir = String(host.vars.dir);
  const page = step("page", copy({ dest: `${dir}/page`, content: params.text }));
  step("reload", command({ cmd: "echo reloaded >> reloads; echo done" }), { cwd: dir, when: changed(page) });
  step("never", command({ cmd: "true" }), { when: () => false });
  if (host.name === "h2") step("breaks", command({ cmd: "exit 3" }));
  step("after", command({ cmd: "true" }));
});

test("a run gives its events, in order, and what it came to", async () => {
  const run = apply(LAMP, options({ params: { text: "one" } }));
  const events = await eventsOf(run);
  // The first steps travel with the login, so they may start before it is known to be through.
  const types = events.map(({ type }) => type);
  expect(types.indexOf("host-connected")).toBeLessThan(types.indexOf("step-finished"));
  expect(types.filter((type) => type !== "host-connected")).toEqual([
    "run-started",
    "host-connecting",
    ...["step-started", "step-finished"],
    ...["step-started", "step-output", "step-finished"],
    "step-finished", // skipped
    ...["step-started", "step-finished"],
    "host-finished",
    "run-finished",
  ]);
  const outcome = await run.result;
  const [host] = outcome.hosts;
  expect([outcome.status, host?.host, host?.status]).toEqual(["completed", "h1", "ok"]);
  expect([...(host?.steps ?? [])].map(([id, { status }]) => [id, status])).toEqual([
    ["page", "changed"],
    ["reload", "changed"],
    ["never", "skipped"],
    ["after", "changed"],
  ]);
  expect(host?.steps.get("reload")).toMatchObject({
    output: "done\n",
    exitCode: 0,
    attempts: 1,
    stderr: "",
    changes: [],
    startedAt: expect.any(Number),
    endedAt: expect.any(Number),
  });
  expect(outcome.id).not.toBe("");
  expect(readFileSync(join(outcome.directory ?? "", "run.json"), "utf8")).not.toContain("ansible_port");
});

test("callbacks are told of steps that are run, and how the run ended", async () => {
  const said: string[] = [];
  const run = apply(
    LAMP,
    options({
      inventory: inventory(["h1", "h2"]),
      params: { text: "two" },
      onStepStart: ({ host, step, module }) => void said.push(`${host} ${step} starts: ${module}`),
      onStepComplete: ({ host, step, result }) => void said.push(`${host} ${step} ${result.status}`),
      onComplete: () => void said.push("complete"),
      onFailure: ({ status }) => void said.push(status),
    }),
  );
  const { status, hosts: ends } = await run.result;
  expect(status).toBe("failed");
  expect(ends.map((one) => one.status)).toEqual(["ok", "failed"]);
  expect(said.filter((line) => line.startsWith("h1"))).toEqual([
    "h1 page starts: copy",
    "h1 page changed",
    "h1 reload starts: command",
    "h1 reload changed",
    "h1 after starts: command",
    "h1 after changed",
  ]);
  // Neither the skipped step nor the blocked one.
  expect(said.filter((line) => line.startsWith("h2")).slice(-2)).toEqual([
    "h2 breaks starts: command",
    "h2 breaks failed",
  ]);
  expect(said.at(-1)).toBe("failed");
  expect(said).not.toContain("complete");
});

test("a step that is tried again starts once", async () => {
  const said: string[] = [];
  const book = runbook("again", {}, ({ step }) => {
    step("flaky", command({ cmd: "false" }), { retry: { max: 3, delay: 1 }, ignoreErrors: true });
  });
  const { status } = await apply(
    book,
    options({
      onStepStart: ({ step }) => void said.push(`${step} starts`),
      onStepComplete: ({ step, result }) => void said.push(`${step} tried ${result.attempts} times`),
      onComplete: (outcome) => void said.push(outcome.status),
    }),
  ).result;
  expect(status).toBe("completed");
  expect(said).toEqual(["flaky starts", "flaky tried 3 times", "completed"]);
});

test.each([
  [
    "throws",
    () => {
      throw new Error("no more");
    },
  ],
  [
    "is rejected",
    async () => {
      throw new Error("no more");
    },
  ],
])("a callback that %s stops the run, and the result is rejected with that", async (_how, onStepStart) => {
  const book = runbook("stopped", {}, ({ step, host }) => {
    step("first", bash({ script: "sleep 30" }));
    step("second", command({ cmd: "touch second" }), { cwd: String(host.vars.dir) });
  });
  const run = apply(book, options({ onStepStart }));
  await expect(run.result).rejects.toThrow("no more");
  await expect(eventsOf(run)).rejects.toThrow("no more");
  expect(existsSync(join(hosts[0]?.dir ?? "", "second"))).toBe(false);
});

test("plan tells what would change and touches nothing", async () => {
  const page = join(hosts[0]?.dir ?? "", "page");
  await writeFile(page, "tampered");
  const { status, hosts: ends, directory } = await plan(LAMP, options({ params: { text: "three" } })).result;
  expect([status, directory]).toEqual(["completed", undefined]);
  expect(ends[0]?.steps.get("page")).toMatchObject({ status: "changed", changed: true });
  expect(readFileSync(page, "utf8")).toBe("tampered");
});

test("a cancelled run ends what runs on the host, is halted, and is resumed by whoever has the runbook", async () => {
  const dir = hosts[0]?.dir ?? "";
  const book = runbook("long", {}, ({ step, host }) => {
    const cwd = String(host.vars.dir);
    step("once", command({ cmd: "echo once >> marks" }), { cwd });
    step(
      "long",
      command({ cmd: "echo $$ > pid; until [ -e go ]; do sleep 0.05; done; echo long >> marks" }),
      { cwd },
    );
  });
  const completes: string[] = [];
  const run = apply(book, options({ onComplete: ({ status }) => void completes.push(status) }));
  await eventually(() => existsSync(join(dir, "pid")), "the long step runs");
  run.cancel();
  const halted = await run.result;
  expect([halted.status, halted.hosts[0]?.status]).toEqual(["halted", "cancelled"]);
  expect(completes).toEqual(["halted"]);
  // The command line could not build it again, so it is not offered.
  expect(halted.resume).toBeUndefined();
  const pid = Number(readFileSync(join(dir, "pid"), "utf8"));
  await eventually(() => !isAlive(pid), "its process on the host has ended");

  await expect(resume(halted.id, { stateDir: work.state }).result).rejects.toThrow(
    `The run ${halted.id} was of the runbook "long", which came from no file`,
  );
  await expect(resume(halted.id, { stateDir: work.state, runbook: book }).result).rejects.toThrow(
    "was an object, which is not kept",
  );
  await writeFile(join(dir, "go"), "");
  const again = { stateDir: work.state, runbook: book, inventory: inventory() };
  const resumed = await resume(halted.id, again).result;
  expect([resumed.status, resumed.id]).toEqual(["completed", halted.id]);
  expect(readFileSync(join(dir, "marks"), "utf8")).toBe("once\nlong\n");
  await expect(resume(halted.id, again).result).rejects.toThrow("has completed: there is nothing to resume");
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test("a signal cancels, also before anything was done", async () => {
  const stop = new AbortController();
  stop.abort();
  const run = apply(LAMP, options({ params: { text: "four" }, signal: stop.signal, keep: false }));
  const { status, id } = await run.result;
  expect([status, id]).toEqual(["halted", ""]);
});

test("what is wrong is thrown by the result and to the reader alike, and no host is touched", async () => {
  const before = hosts[0]?.log().length;
  const run = apply(LAMP, options());
  await expect(eventsOf(run)).rejects.toThrow(/Param "text".*is required/);
  await expect(run.result).rejects.toBeInstanceOf(RcmError);
  const wrong: ReadonlyArray<readonly [ApplyOptions, string]> = [
    [{ inventory: "no/such.yaml" }, 'Cannot read the inventory "no/such.yaml"'],
    [
      { inventory: { all: { hosts: { a: { when: new Date(0) as never } } } } },
      "the inventory.all.hosts.a.when is of the class Date",
    ],
    [{ inventory: { all: { host: {} } as never } }, 'Unknown key "host" in the group "all"'],
    [{ mode: "dry" as never }, 'mode is "dry": wanted "apply" or "check"'],
    [{ forks: 0 }, "forks is 0: wanted a whole number"],
    [{ connection: { connectTimeout: "soon" } }, 'connectTimeout is "soon": wanted a duration'],
    [{ connection: { askPassword: true } }, "Cannot ask for the SSH password"],
    [{ params: { text: 5 } }, "(from params) wanted string, got number"],
    [{ resume: true, mode: "check" }, "exclude each other"],
    [{ resume: true, limit: "h1" }, "There is no run of this runbook"],
  ];
  for (const [more, message] of wrong)
    await expect(apply(LAMP, options({ params: { text: "x" }, ...more })).result).rejects.toThrow(message);
  await expect(apply({} as never, options()).result).rejects.toThrow("wanted a runbook, a site, or the path");
  expect(hosts[0]?.log().length).toBe(before);
});

test("two runs on one host at once are refused, and the second is told of the first", async () => {
  const dir = hosts[0]?.dir ?? "";
  const book = runbook("busy", {}, ({ step }) => {
    step("wait", command({ cmd: "touch busy; until [ -e free ]; do sleep 0.05; done" }), { cwd: dir });
  });
  const first = apply(book, options({ command: "the first program" }));
  await eventually(() => existsSync(join(dir, "busy")), "the first run is at work");
  const second = apply(LAMP, options({ params: { text: "five" } }));
  await expect(second.result).rejects.toMatchObject({
    code: "locked",
    message: expect.stringContaining("(`the first program`, pid"),
  });
  await writeFile(join(dir, "free"), "");
  expect((await first.result).status).toBe("completed");
});

test("a file is run as the command line runs it, and its runs are seen there", async () => {
  const file = await work.write(
    "book.ts",
    `import { runbook, z } from "rcm";
import { command } from "rcm/modules";
export default runbook("book", { params: z.object({ cmd: z.string() }) }, ({ step, params }) => {
  step("it", command({ cmd: params.cmd }));
});`,
  );
  const hosts1 = await work.inventory({ host: hosts[0] as TestHost });
  const failed = await apply(file, { inventory: hosts1, params: { cmd: "exit 2" }, stateDir: work.state })
    .result;
  expect([failed.status, failed.resume]).toEqual(["failed", `rcm resume ${failed.id}`]);
  const again = await apply(file, {
    inventory: [hosts1],
    params: { cmd: "exit 2" },
    stateDir: work.state,
    resume: true,
    collect: false,
  }).result;
  expect([again.id, again.status]).toEqual([failed.id, "failed"]);
  expect(again.hosts[0]?.steps.size).toBe(0);
});
