import { afterAll, describe, expect, test } from "vitest";
import { assert, command, fail } from "../../modules/index.ts";
import type { ModuleCall, StepContext } from "../../src/index.ts";
import { describeModule, runSteps } from "../../src/testing/index.ts";
import { stage } from "./stage.ts";

const on = stage();

/** What steps say; a dry run must say the same. */
async function said(...calls: ModuleCall[]) {
  const [real, dry] = [await runSteps(on.host, calls), await runSteps(on.host, calls, { mode: "check" })];
  const all = real.map(({ status, message, error }) => `${status}: ${error ?? message}`);
  expect(dry.map(({ status, message, error }) => `${status}: ${error ?? message}`)).toEqual(all);
  return all;
}

describe("assert", () => {
  test("what holds, and what does not", async () => {
    const isLinux = ({ facts }: StepContext) => facts.os === "linux";
    const results = await said(
      assert({ that: true }),
      assert({ that: isLinux, successMsg: "fine" }),
      assert({ that: [isLinux, () => true] }),
      assert({ that: { linux: isLinux } }),
      assert({ that: (ctx) => ctx.facts.os === "plan9" }),
      assert({ that: [isLinux, false, () => false], failMsg: "too bad" }),
      assert({ that: { linux: isLinux, "2 PB of memory": ({ facts }) => facts.memoryMb > 2e9 } }),
      assert({ that: (() => "yes") as never }),
    );
    expect(results).toEqual([
      "ok: all assertions hold",
      "ok: fine",
      "ok: all assertions hold",
      "ok: all assertions hold",
      "failed: the assertion does not hold",
      "failed: too bad: assertion 2 of 3, assertion 3 of 3 does not hold",
      'failed: "2 PB of memory" does not hold',
      expect.stringMatching(/^failed: option "that"/),
    ]);
  });

  test("in a dry run, what nobody knows yet is not judged", async () => {
    const calls = [
      command({ cmd: "echo yes" }),
      assert({ that: (ctx) => ctx.output({ name: "step 1" }) === "yes\n" }),
    ];
    const [, dry] = await runSteps(on.host, calls, { mode: "check" });
    expect(dry).toMatchObject({ message: 'would run; known only after "step 1"' });
    const [, real] = await runSteps(on.host, calls);
    expect(real).toMatchObject({ status: "ok", output: true });
  });

  test.each([
    [{}, /option "that"/],
    [{ that: [] }, /option "that"/],
    [{ that: {} }, /option "that"/],
    [{ that: "true" }, /option "that"/],
  ])("refuses %j", async (options, message) => {
    await expect(runSteps(on.host, [assert(options as never)])).rejects.toThrow(message);
  });
});

test("fail fails, with its message", async () => {
  expect(await said(fail({}), fail({ message: "no" }), fail({ message: (ctx) => ctx.facts.os }))).toEqual([
    "failed: failed as the runbook asks for",
    "failed: no",
    "failed: linux",
  ]);
});

describeModule(
  { describe, test, afterAll },
  {
    module: assert,
    call: () => assert({ that: { "it is so": true } }),
    holds: (_dir, { output }) => expect(output).toBe(true),
    hostile: (_dir, value) => assert({ that: { [`x${value}`]: true }, successMsg: value, failMsg: value }),
    arrived: (_dir, value, { message }) => expect(message).toBe(value),
    lines: true,
    failures: {
      "what does not hold": {
        call: () => assert({ that: [false] }),
        error: /^assertion 1 of 1 does not hold$/,
      },
    },
  },
);
