import { describe, expect, test } from "vitest";
import { defineModule, editedText, sh, z } from "../../src/index.ts";
import { stage } from "./stage.ts";

const on = stage();

/** A module of one property: whether a file is there. */
const making = (apply: string, probe = 'if [ -e made ]; then echo made; else echo "not made"; fi') =>
  defineModule({
    name: "making",
    category: "Test",
    summary: "Makes a file.",
    options: z.strictObject({}),
    properties: () => ({ made: { probe: sh.raw(probe), want: "made", apply: sh.raw(apply) } }),
  })({});

describe("a property that cannot be brought about fails its step", () => {
  // 75 to 77 are words of the session's own, which a script of a module knows nothing of.
  test.each([1, 2, 75, 76, 77, 100, 126, 127, 255])("its apply ends with exit status %i", async (status) => {
    const result = await on.run(on.dir(), making(`echo why >&2; exit ${status}`), {
      step: { timeout: "10s" },
    });
    expect(result).toMatchObject({ status: "failed", error: 'cannot bring about "made": why' });
  });

  test("its apply stops at the first command that fails", async () => {
    const { error } = await on.run(on.dir(), making("false; touch made"));
    expect(error).toBe('cannot bring about "made" (exit status 1)');
  });

  test("its apply does not help", async () => {
    const { error, changed } = await on.run(on.dir(), making("touch other"));
    expect([error, changed]).toEqual([
      '"made" is still "not made" after it was applied, wanted "made"',
      false,
    ]);
  });

  test("its probe cannot be run", async () => {
    const { error } = await on.run(on.dir(), making("touch made", "no-such-program"));
    expect(error).toMatch(/^cannot find out "made": .*no-such-program.*not found/);
  });

  test.each([1, 75, 76, 77, 125])("but a probe may say no by exit status %i", async (status) => {
    const probe = `[ -e made ] && echo made || exit ${status}`;
    expect(await on.run(on.dir(), making("touch made", probe))).toMatchObject({ status: "changed" });
  });
});

test("a computed property whose apply ends as if it were stale fails at once", async () => {
  const dir = on.dir();
  const module = defineModule({
    name: "computed",
    category: "Test",
    summary: "Edits a file.",
    options: z.strictObject({}),
    properties: () => ({
      text: { ...editedText({ dest: `${dir}/f` }, () => "new\n"), apply: () => sh`echo why >&2; exit 75` },
    }),
  });
  const { error } = await on.run(dir, module({}), { step: { timeout: "10s" } });
  expect(error).toBe('cannot bring about "text": why');
});
