import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../errors.ts";
import type { Module, ModuleCall } from "../module/define.ts";
import type { Result } from "../module/result.ts";
import { HOSTILE_LINES, HOSTILE_VALUES, trapPrograms } from "./hostile-values.ts";
import { type RunStepOptions, runStep, runSteps } from "./run-step.ts";
import { snapshot } from "./snapshot.ts";
import { sshHost } from "./ssh-host.ts";
import type { TestHost } from "./test-host.ts";

/** The three functions of vitest, or of another framework of that kind, that {@link describeModule} needs. */
export interface TestFramework {
  /** Holds tests together. */
  describe(name: string, body: () => void): unknown;
  /** One test; it fails when its body rejects. */
  test(name: string, body: () => Promise<void>): unknown;
  /** Runs once, after all tests. */
  afterAll(body: () => Promise<void>): unknown;
}

/** What a call must not do, and how it must say so. */
export interface ModuleFailure {
  /** The call, in this directory. */
  readonly call: (dir: string) => ModuleCall;
  /** What is there before it. */
  readonly arrange?: (dir: string) => void;
  /** The error of the step, or of the plan where that refuses the call. */
  readonly error: RegExp;
}

/** A module and the calls that show what it is. Each call gets an empty directory of the host, its working directory. */
export interface ModuleContract {
  readonly module: Pick<Module, "definition">;
  /** The host; `sshHost()` when left out. */
  readonly host?: () => Promise<TestHost>;
  /** How the steps run. */
  readonly options?: RunStepOptions;
  /** What is there before the call. */
  readonly arrange?: (dir: string) => void;
  /** Changes something, and finds nothing to do the second time. */
  readonly call: (dir: string) => ModuleCall;
  /** False for a module that only looks and never changes anything. */
  readonly changes?: boolean;
  /** Throws when what the call wants has not come about. */
  readonly holds?: (dir: string, result: Result) => void;
  /** A call with a value from outside in it, wherever it takes any text. */
  readonly hostile?: (dir: string, value: string) => ModuleCall;
  /** Throws when the hostile value did not arrive as it was. */
  readonly arrived?: (dir: string, value: string, result: Result) => void;
  /** True when hostile values may have several lines. */
  readonly lines?: boolean;
  readonly failures: Readonly<Record<string, ModuleFailure>>;
}

/**
 * Tests what every module promises, on a real host: it changes what it should; it leaves that alone the second time;
 * a dry run shows the change and touches nothing; hostile values stay values; it fails clearly.
 *
 * @example
 * import { afterAll, describe, test } from "vitest";
 * describeModule({ describe, test, afterAll }, {
 *   module: motd,
 *   call: (dir) => motd({ path: `${dir}/motd`, text: "hello" }),
 *   failures: { "an empty text": { call: (dir) => motd({ path: `${dir}/motd`, text: "" }), error: /wanted a text/ } },
 * });
 */
export function describeModule({ describe, test, afterAll }: TestFramework, contract: ModuleContract): void {
  const { definition } = contract.module;
  describe(`${definition.name} keeps the contract of modules`, () => {
    const stage = new Stage(contract);
    afterAll(() => stage.stop());
    const { changes = definition.run ? definition.changes === true : true } = contract;
    const status = changes ? "changed" : "ok";
    test("it does its work", () => stage.doesItsWork(status));
    test("it leaves alone what is as wanted", () => stage.leavesAlone(definition.run ? undefined : 1));
    test("a dry run says so and touches nothing", () => stage.dryRun(status));
    if (contract.hostile) test("hostile values stay values", () => stage.hostile());
    for (const [what, failure] of Object.entries(contract.failures))
      test(`it fails clearly: ${what}`, () => stage.fails(failure));
  });
}

class Stage {
  readonly #contract: ModuleContract;
  #host: Promise<TestHost> | undefined;

  constructor(contract: ModuleContract) {
    this.#contract = contract;
  }

  async stop(): Promise<void> {
    await (await this.#host)?.stop();
  }

  async doesItsWork(status: "ok" | "changed"): Promise<void> {
    const { dir } = await this.#set();
    const result = await this.#run(dir, this.#contract.call(dir));
    succeeded(result, status);
    this.#contract.holds?.(dir, result);
  }

  async leavesAlone(roundTrips: number | undefined): Promise<void> {
    const { dir } = await this.#set();
    const first = await this.#run(dir, this.#contract.call(dir));
    const before = snapshot(dir);
    const second = await this.#run(dir, this.#contract.call(dir));
    succeeded(first);
    succeeded(second, "ok");
    assert.deepEqual(second.changes, []);
    assert.deepEqual(snapshot(dir), before);
    if (roundTrips !== undefined) assert.equal(second.roundTrips, roundTrips, "round trips");
  }

  async dryRun(status: "ok" | "changed"): Promise<void> {
    const { dir } = await this.#set();
    const before = snapshot(dir);
    const result = await this.#run(dir, this.#contract.call(dir), "check");
    succeeded(result, status);
    assert.notEqual(result.message, "", "the dry run says nothing");
    assert.deepEqual(snapshot(dir), before);
  }

  async hostile(): Promise<void> {
    const { hostile, arrived, lines = false, options = {} } = this.#contract;
    if (!hostile) return;
    const values = [...HOSTILE_VALUES, ...(lines ? HOSTILE_LINES : [])];
    const sets = await Promise.all(values.map(() => this.#set()));
    const calls = sets.map(
      ({ dir, path }, i) =>
        [hostile(dir, values[i] ?? ""), { cwd: dir, env: { ...options.step?.env, PATH: path } }] as const,
    );
    const results = await runSteps(await this.#up(), calls, options);
    for (const [i, { dir, canaries }] of sets.entries()) {
      const [value = "", result] = [values[i], results[i]];
      const what = JSON.stringify(value);
      assert.deepEqual(canaries.filter(existsSync), [], `${what} was run as code`);
      assert.notEqual(result?.status, "failed", `${what}: ${result?.error}`);
      if (result) arrived?.(dir, value, result);
    }
  }

  async fails({ arrange, call, error }: ModuleFailure): Promise<void> {
    const { dir } = await this.#set();
    arrange?.(dir);
    const before = snapshot(dir, { times: false });
    const said = await this.#run(dir, call(dir)).then(
      (result) => result.error ?? `no error: ${result.status}`,
      (thrown: unknown) => messageOf(thrown),
    );
    assert.match(said, error);
    assert.deepEqual(snapshot(dir, { times: false }), before, "a step that fails leaves no trace");
  }

  #up(): Promise<TestHost> {
    this.#host ??= this.#contract.host?.() ?? sshHost();
    return this.#host;
  }

  /** A directory for one call, with traps beside it. */
  async #set(): Promise<{ readonly dir: string; readonly canaries: string[]; readonly path: string }> {
    const base = mkdtempSync(join((await this.#up()).dir, "stage-"));
    const dir = join(base, "dir");
    mkdirSync(dir);
    const canaries = [join(base, "trapped"), join(dir, "CANARY")];
    const traps = trapPrograms(join(base, "traps"), join(base, "trapped"));
    this.#contract.arrange?.(dir);
    return { dir, canaries, path: `${traps}:${process.env.PATH}` };
  }

  async #run(dir: string, call: ModuleCall, mode: "apply" | "check" = "apply"): Promise<Result> {
    const { options = {} } = this.#contract;
    return await runStep(await this.#up(), call, { ...options, mode, step: { cwd: dir, ...options.step } });
  }
}

function succeeded(
  { status, changed, error }: Result,
  wanted: "ok" | "changed" | undefined = undefined,
): void {
  assert.equal(error, undefined);
  if (wanted === undefined) return;
  assert.equal(status, wanted);
  assert.equal(changed, wanted === "changed");
}
