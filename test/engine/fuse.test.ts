import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { command } from "../../modules/command.ts";
import { copy } from "../../modules/copy.ts";
import { file as removed } from "../../modules/file.ts";
import { lineinfile } from "../../modules/lineinfile.ts";
import { NO_RECORD } from "../../src/checkpoint/run-folder.ts";
import { run } from "../../src/engine/run.ts";
import { loadSecrets } from "../../src/engine/secrets.ts";
import type { Event } from "../../src/event/event.ts";
import { loadInventory } from "../../src/inventory/load.ts";
import type { StepContext, StepHandle } from "../../src/module/context.ts";
import type { ModuleCall } from "../../src/module/define.ts";
import { localSide } from "../../src/module/local-side.ts";
import { buildPlan } from "../../src/plan/build.ts";
import { changed } from "../../src/runbook/framework.ts";
import { runbook } from "../../src/runbook/runbook.ts";
import { siteOf } from "../../src/runbook/site.ts";
import { connectLocal } from "../../src/transport/local.ts";

/** What a random step is; numbers name earlier steps. */
interface Draft {
  readonly kind: (typeof KINDS)[number];
  readonly needs: readonly number[] | undefined;
  readonly changed: readonly number[];
  readonly ignoreErrors: boolean;
  readonly when: keyof typeof CONDITIONS | undefined;
  readonly file: number;
}

const KINDS = [
  "append",
  "append",
  "fail",
  "quiet",
  "copy",
  "copy",
  "line",
  "line",
  "line",
  "remove",
  "erase",
  "fickle",
  "deferred",
  "facts",
  "reading",
] as const;

/** Conditions of a step; of facts, and of what the step before it came to. */
const CONDITIONS = {
  yes: () => true,
  no: () => false,
  here: (ctx: StepContext) => ctx.facts.os === "linux",
  elsewhere: (ctx: StepContext) => ctx.facts.cpus < 0,
  changedBefore: (ctx: StepContext, before: string) =>
    ctx.result({ name: before } as StepHandle)?.changed === true,
} as const;
const drafts = fc.array(
  fc.record({
    kind: fc.constantFrom(...KINDS),
    needs: fc.option(fc.array(fc.nat(20), { maxLength: 3 }), { nil: undefined, freq: 2 }),
    changed: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(fc.nat(20), { minLength: 1, maxLength: 2 }) },
    ),
    ignoreErrors: fc.boolean(),
    when: fc.option(fc.constantFrom(...(Object.keys(CONDITIONS) as Array<keyof typeof CONDITIONS>)), {
      nil: undefined,
      freq: 3,
    }),
    file: fc.nat(2),
  }),
  { minLength: 1, maxLength: 12 },
);

test("steps sent together and one by one come to the same results in the same state: random graphs", {
  timeout: 600_000,
}, async () => {
  const numRuns = Number(process.env.RCM_FUSE_RUNS ?? 60);
  await fc.assert(
    fc.asyncProperty(drafts, async (steps) => {
      const together = await outcome(steps, true);
      const alone = await outcome(steps, false);
      expect(together).toEqual(alone);
    }),
    { numRuns },
  );
});

test("a chain of thirty steps costs two round trips when nothing changes, three at first", async () => {
  const steps = (dir: string): ReadonlyArray<readonly [string, ModuleCall]> => [
    ...Array.from(
      { length: 10 },
      (_, i) => [`file${i}`, copy({ dest: `${dir}/file${i}`, content: `content ${i}\n` })] as const,
    ),
    ...Array.from(
      { length: 10 },
      (_, i) => [`line${i}`, lineinfile({ path: `${dir}/lines`, line: `line ${i}`, create: true })] as const,
    ),
    ...Array.from(
      { length: 10 },
      (_, i) => [`true${i}`, command({ cmd: "true", changedWhen: false })] as const,
    ),
  ];
  const dir = await mkdtemp(join(tmpdir(), "rcm-fuse-"));
  const add = (add: (name: string, call: ModuleCall) => void): void => {
    for (const [name, call] of steps(dir)) add(name, call);
  };
  const first = await perform((step) => add((name, call) => step(name, call)), true);
  const second = await perform((step) => add((name, call) => step(name, call)), true);
  const lines = await readFile(join(dir, "lines"), "utf8");
  await rm(dir, { recursive: true });
  expect(lines).toBe(Array.from({ length: 10 }, (_, i) => `line ${i}\n`).join(""));
  expect([first.counts.ok, first.counts.changed, second.counts.ok, second.counts.changed]).toEqual([
    30, 20, 30, 0,
  ]);
  expect(first.roundTrips).toBeLessThanOrEqual(3);
  expect(second.roundTrips).toBeLessThanOrEqual(2);
});

test("facts come with the first answers, and what reads them goes out together: two round trips", async () => {
  const dir = await mkdtemp(join(tmpdir(), "rcm-fuse-"));
  const { counts, roundTrips } = await perform((step) => {
    step("plain", command({ cmd: "true" }));
    step("content", copy({ dest: `${dir}/kernel`, content: (ctx) => ctx.facts.kernel }));
    step("here", command({ cmd: "true" }), { when: (ctx) => ctx.facts.os === "linux" });
    step("elsewhere", command({ cmd: "false" }), {
      when: (ctx) => ctx.facts.os === "plan9",
      await: ["plain"],
    });
    step("last", command({ cmd: (ctx) => `[ ${ctx.facts.cpus} -gt 0 ]` }), { await: ["here"] });
  }, true);
  await rm(dir, { recursive: true });
  expect(counts).toMatchObject({ ok: 4, skipped: 1, failed: 0 });
  expect(roundTrips).toBe(2);
});

test("facts that nothing reads are not asked for; a condition that is known ends no segment", async () => {
  const { counts, roundTrips } = await perform((step) => {
    step("plain", command({ cmd: "true" }));
    step("wanted", command({ cmd: "true" }), { when: (ctx) => ctx.host.name === "localhost" });
    step("unwanted", command({ cmd: "false" }), { when: () => false, await: [] });
    step("last", command({ cmd: "true" }), { await: ["wanted"] });
  }, true);
  expect(counts).toMatchObject({ ok: 3, skipped: 1, failed: 0 });
  expect(roundTrips).toBe(1);
});

test.each([
  ["the session's own shell", {}],
  ["a subshell", { env: { HERE: "1" } }],
])("what a step in %s has changed is seen by those that were asked about with it", async (_where, how) => {
  const dir = await mkdtemp(join(tmpdir(), "rcm-fuse-"));
  for (const name of ["a", "b"]) await writeFile(join(dir, name), `${name}\n`);
  const { statuses, roundTrips } = await perform((step) => {
    step("remove", removed({ path: `${dir}/a`, state: "absent" }), how);
    step("a", copy({ dest: `${dir}/a`, content: "a\n" }), how);
    step("b", copy({ dest: `${dir}/b`, content: "b\n" }), how);
  }, true);
  const files = await readdir(dir);
  await rm(dir, { recursive: true });
  expect(Object.values(statuses).map((status) => (status as string[])[0])).toEqual([
    "changed",
    "changed",
    "ok",
  ]);
  expect([files, roundTrips]).toEqual([["a", "b"], 1]);
});

/** What a run of these steps comes to: statuses, and every file that it left. */
async function outcome(steps: readonly Draft[], fuse: boolean): Promise<unknown> {
  const dir = await mkdtemp(join(tmpdir(), "rcm-fuse-"));
  const { statuses } = await perform((step) => {
    const handles = steps.map((draft, i) => {
      const name = (n: number): string => `s${n % Math.max(1, i)}`;
      const needs = draft.needs && i > 0 ? [...new Set(draft.needs.map(name))] : draft.needs && [];
      // Steps that edit one file must not run at the same time: then their order would be chance.
      const sameFile = steps.slice(0, i).flatMap((other, n) => (touches(other, draft) ? [`s${n}`] : []));
      const implicit = i > 0 ? [`s${i - 1}`] : [];
      const awaits = sameFile.length > 0 ? [...new Set([...(needs ?? implicit), ...sameFile])] : needs;
      // Only what is awaited can be read.
      const before = (awaits ?? implicit)[0];
      const condition = draft.when && CONDITIONS[draft.when];
      const when =
        draft.changed.length > 0 && i > 0
          ? changed(...draft.changed.map(name))
          : condition && (before || draft.when !== "changedBefore")
            ? (ctx: StepContext) => condition(ctx, before as string)
            : undefined;
      return step(`s${i}`, callOf(draft, i, dir, before), {
        ...(awaits ? { await: awaits } : {}),
        ...(when ? { when } : {}),
        ...(draft.kind === "fickle" ? { retry: { max: 2, delay: 0 } } : {}),
        ignoreErrors: draft.ignoreErrors,
        // Some bodies run in the session's own shell, some in a subshell.
        ...(i % 2 === 0 ? { cwd: dir } : {}),
      });
    });
    return handles;
  }, fuse);
  const files = Object.fromEntries(
    await Promise.all(
      (await readdir(dir))
        .sort()
        .map(async (name) => [name, await readFile(join(dir, name), "utf8")] as const),
    ),
  );
  await rm(dir, { recursive: true });
  return { statuses: JSON.parse(JSON.stringify(statuses).replaceAll(dir, "DIR")) as unknown, files };
}

function touches(a: Draft, b: Draft): boolean {
  const edits = ({ kind }: Draft): boolean => ["copy", "line", "remove", "erase"].includes(kind);
  return edits(a) && edits(b) && a.file === b.file;
}

function callOf({ kind, file }: Draft, i: number, dir: string, before: string | undefined): ModuleCall {
  const read = (ctx: StepContext): string | undefined =>
    before && ctx.result({ name: before } as StepHandle)?.status;
  const log = `${dir}/log${i}`;
  const calls: Readonly<Record<Draft["kind"], () => ModuleCall>> = {
    append: () => command({ cmd: `echo ${i} >> ${log}` }),
    fail: () => command({ cmd: `echo ${i} >> ${log}; exit 3` }),
    quiet: () => command({ cmd: `echo ${i} >> ${log}`, changedWhen: false }),
    copy: () => copy({ dest: `${dir}/file${file}`, content: `from ${i % 3}\n` }),
    line: () => lineinfile({ path: `${dir}/file${file}`, line: `line ${i % 4}`, create: i % 2 === 0 }),
    remove: () => removed({ path: `${dir}/file${file}`, state: "absent" }),
    erase: () => command({ cmd: `rm -f ${dir}/file${file}` }),
    fickle: () => command({ cmd: `echo ${i} >> ${log}; [ $(wc -l < ${log}) -ge 2 ]` }),
    deferred: () => command({ cmd: (ctx) => `echo ${ctx.host.name} >> ${log}` }),
    facts: () => copy({ dest: `${dir}/log${i}`, content: (ctx) => `${ctx.facts.kernel}\n` }),
    reading: () => command({ cmd: (ctx) => `echo ${read(ctx)} >> ${log}` }),
  };
  return calls[kind]();
}

type Step = Parameters<Parameters<typeof runbook>[2]>[0]["step"];

async function perform(body: (step: Step) => unknown, fuse: boolean) {
  const site = siteOf(runbook("fuse", { hosts: "localhost" }, ({ step }) => void body(step as Step)));
  const inventory = await loadInventory(["localhost,"], { overrides: { type: "local" } });
  const local = localSide("/");
  const plan = await buildPlan({ site, file: undefined, inventory, limit: undefined, params: [], local });
  const statuses: Record<string, unknown> = {};
  let roundTrips = 0;
  const emit = (event: Event): void => {
    if (event.type === "step-finished")
      statuses[event.step] = [
        event.result.status,
        event.result.changed,
        event.result.attempts,
        event.result.error,
      ];
    if (event.type === "host-finished") roundTrips = event.traffic.roundTrips;
  };
  const { signal } = new AbortController();
  const summary = await run({
    plan,
    id: "t",
    mode: "apply",
    dial: async (_host, traffic) => connectLocal(traffic),
    record: NO_RECORD,
    local,
    secrets: await loadSecrets(plan),
    forks: 1,
    fuse,
    resumed: false,
    resume: undefined,
    emit,
    signal,
  });
  const [host] = summary.hosts;
  return { statuses, roundTrips, counts: (host as NonNullable<typeof host>).counts };
}
