import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bash, command, copy, debug } from "../../modules/index.ts";
import {
  type ApplyOptions,
  apply,
  defineModule,
  type Event,
  plan,
  resume,
  runbook,
  sh,
  z,
} from "../../src/index.ts";
import { runRunbook, runStep, sshHost, stub, stubAny, type TestHost } from "../../src/testing/index.ts";
import { Workplace } from "../support/rcm.ts";

const SECRET = "sword-of-fish";
let host: TestHost;
let work: Workplace;
beforeAll(async () => {
  host = await sshHost();
  work = await Workplace.make();
});
afterAll(async () => {
  await host.stop();
  await work[Symbol.asyncDispose]();
});

function options(more: ApplyOptions = {}): ApplyOptions {
  const vars = {
    ansible_host: host.address,
    ansible_port: host.port,
    ansible_user: host.user,
    ansible_ssh_private_key_file: host.privateKey,
    dir: host.dir,
    rcm: { known_hosts: host.knownHosts },
  };
  // Two names for one machine: runs lock the machine, so it is one run's.
  return { inventory: { all: { hosts: { h1: vars, h2: vars } } }, stateDir: work.state, forks: 1, ...more };
}

/** A runbook that shows its secret wherever it can, and the names of the loaders that were called. */
function talkative(): { readonly book: ReturnType<typeof runbook>; readonly calls: string[] } {
  const calls: string[] = [];
  const book = runbook("talkative", {}, ({ step, secret, host: { name, vars } }) => {
    const shared = secret("shared", async () => {
      calls.push("shared");
      return SECRET;
    });
    const own = secret("own", (of) => {
      calls.push(of.name);
      return `${SECRET} of ${of.name}`;
    });
    const given = { secrets: [shared, own], cwd: String(vars.dir) };
    step("says", bash({ script: 'echo "$SHARED"; echo "$OWN" >&2; printf %s "$SHARED" | base64' }), given);
    step("conf", copy({ dest: `conf-${name}`, content: (ctx) => `s=${ctx.secrets.get(shared)}\n` }), given);
    step("shows", debug({ message: (ctx) => `it is ${ctx.secrets.get(own)}` }), given);
    step("fails", bash({ script: 'echo "no $SHARED" >&2; [ -e go-on ]' }), given);
  });
  return { book: book as ReturnType<typeof runbook>, calls };
}

/** Everything that an embedder gets of a run. */
function told(events: readonly Event[], outcome: unknown): string {
  const text = (value: unknown): string =>
    JSON.stringify(value, (_key, one: unknown) => {
      if (one instanceof Map) return [...one];
      if (typeof one !== "object" || one === null || !("type" in one) || one.type !== "Buffer") return one;
      return Buffer.from((one as unknown as { data: readonly number[] }).data).toString("latin1");
    });
  return text([events, outcome]);
}

/** All that lies in a folder. */
function everything(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return files.map((file) => readFileSync(join(file.parentPath, file.name), "latin1")).join("\n");
}

test.each([
  ["plan", plan], // first, as it is to find something to do
  ["apply", apply],
] as const)("loaders run once for %s, and what is told of it has no secret", async (kind, begin) => {
  const { book, calls } = talkative();
  const events: Event[] = [];
  const steps: unknown[] = [];
  const run = begin(book, options({ onStepComplete: (step) => void steps.push(step) }));
  for await (const event of run) events.push(event);
  const outcome = await run.result;
  expect([calls, outcome.status]).toEqual([
    ["shared", "h1", "h2"],
    kind === "apply" ? "failed" : "completed",
  ]);
  const all = told(events, [outcome, steps]);
  expect(all).not.toContain(SECRET);
  expect(all).not.toContain(Buffer.from(SECRET).toString("base64"));
  expect(all).toContain("s=[REDACTED]");
  if (kind === "plan") return;
  expect(all).toContain("it is [REDACTED]");
  expect(all).toContain("no [REDACTED]");
  expect(readFileSync(join(host.dir, "conf-h1"), "utf8")).toBe(`s=${SECRET}\n`);
  expect(everything(work.state)).toContain("[REDACTED]");
  expect(everything(work.state)).not.toContain(SECRET);
});

test("a resumed run loads them again, and a param that is one is asked for again", async () => {
  const book = runbook("resumed", { params: z.object({ token: z.string() }) }, ({ step, secret, params }) => {
    secret("s", () => params.token);
    step("fails", command({ cmd: 'echo "$S"; false' }), { secrets: ["s"] });
  });
  const { id } = await apply(book, options({ params: { token: SECRET } })).result;
  expect(everything(work.state)).not.toContain(SECRET);
  await expect(resume(id, { ...options(), runbook: book }).result).rejects.toMatchObject({
    message: `The run ${id} was given secrets as params, which are not kept: token`,
    hint: expect.stringContaining("apply(runbook, { resume: true, params, … })"),
  });
  const again = await apply(book, options({ params: { token: SECRET }, resume: true })).result;
  expect([again.id, again.status]).toEqual([id, "failed"]);
});

test("what a run is rejected with has no secret in it", async () => {
  const book = runbook("broken", {}, ({ step, secret }) => {
    secret("first", SECRET);
    secret("second", () => {
      throw new Error(`the store does not know ${SECRET}`);
    });
    step("x", command({ cmd: "true" }), { secrets: ["first", "second"] });
  });
  await expect(apply(book, options()).result).rejects.toThrow(
    'Cannot load the secret "second": the store does not know [REDACTED]',
  );
});

test("with stubs no loader is called: a secret is what the test gives, or tells that it is none", async () => {
  const { book, calls } = talkative();
  const run = await runRunbook(book, {
    hosts: { h1: { dir: "/srv" } },
    mode: "stub",
    stubs: [
      stub(copy, ({ content }) => ({ changed: true, message: `${(content as string).length} characters` })),
      stubAny({ output: "it said given value" }),
    ],
    secrets: { shared: "given value" },
  });
  expect([calls, run.status]).toEqual([[], "completed"]);
  expect(run.calls.map(({ options: { content, message } }) => content ?? message)).toEqual(
    [undefined, "s=given value\n", "it is stub of own", undefined].filter((_, i) => i < run.calls.length),
  );
  expect(run.result("conf").message).toBe("14 characters");
  expect(run.result("says").output).toBe("it said [REDACTED]");
  expect(told(run.events, run.hosts)).not.toContain("given value");
});

test("values for secrets that are not there are refused", async () => {
  const { book } = talkative();
  await expect(
    runRunbook(book, { hosts: ["h1"], mode: "stub", stubs: [stubAny({})], secrets: { sharde: "value" } }),
  ).rejects.toThrow('A value is given for the secret "sharde": the runbook has shared, own');
});

test("what a module is answered is cut off outside of secrets", async () => {
  const long = `${"s".repeat(100)}ecret${"x".repeat(100)}`;
  const measure = defineModule({
    name: "measure",
    category: "Test",
    summary: "Prints a secret, and then so much that its beginning is cut off.",
    options: z.strictObject({ more: z.number() }),
    changes: false,
    describe: () => "would measure",
    run: async ({ more }, target) => {
      const { stdout } = await target.exec(
        sh`printf %s ${target.secrets.get("s")}; head -c ${more} /dev/zero | tr '\\0' .`,
      );
      return { changed: false, message: "", output: stdout.replace(/\.+$/, "") };
    },
  });
  const output = async (more: number): Promise<unknown> =>
    (await runStep(host, measure({ more }), { secrets: { s: long }, step: { secrets: ["s"] } })).output;
  expect(await output(64 * 1024 - 50)).toBe("[REDACTED]");
});
