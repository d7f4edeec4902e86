import { describe, expect, test } from "vitest";
import { painter, wantsColour } from "../../src/report/colour.ts";
import { createReporter } from "../../src/report/reporter.ts";
import { defaultFormat, wantsUnicode } from "../../src/report/terminal.ts";
import { FakeClock, FakeOutput, graph, options, started, views } from "./stage.ts";

test.each([
  [{}, true, true],
  [{}, false, false],
  [{ NO_COLOR: "1", FORCE_COLOR: "1" }, true, false],
  [{ NO_COLOR: "" }, true, true],
  [{ FORCE_COLOR: "1" }, false, true],
  [{ FORCE_COLOR: "0" }, true, false],
  [{ FORCE_COLOR: "0", CLICOLOR_FORCE: "1" }, true, false],
  [{ CLICOLOR_FORCE: "1" }, false, true],
  [{ CLICOLOR_FORCE: "0" }, true, true],
  [{ CLICOLOR: "0" }, true, false],
  [{ TERM: "dumb" }, true, false],
  [{ TERM: "dumb", FORCE_COLOR: "1" }, true, true],
])("colour with %j, terminal %s: %s", (env, isTTY, expected) => {
  expect(wantsColour({ env, isTTY })).toBe(expected);
});

test("paint leaves empty and plain text alone", () => {
  expect(painter(true)("failed", "no")).toBe("\x1b[31mno\x1b[0m");
  expect(painter(true)("failed", "")).toBe("");
  expect(painter(true)("plain", "a")).toBe("a");
  expect(painter(false)("failed", "no")).toBe("no");
});

test.each([
  [{}, true, "tree"],
  [{}, false, "plain"],
  [{ CI: "true" }, true, "plain"],
  [{ CI: "false" }, true, "tree"],
  [{ TERM: "dumb" }, true, "plain"],
])("format with %j, terminal %s: %s", (env, isTTY, expected) => {
  expect(defaultFormat(env, { isTTY })).toBe(expected);
});

test.each([
  [{}, true],
  [{ LANG: "en_GB.UTF-8" }, true],
  [{ LANG: "C" }, false],
  [{ LC_ALL: "C", LANG: "en_GB.UTF-8" }, false],
  [{ LANG: "en_GB.UTF-8", TERM: "linux" }, false],
])("signs beyond ASCII with %j: %s", (env, expected) => {
  expect(wantsUnicode(env)).toBe(expected);
});

describe("createReporter", () => {
  const event = started(views(["a"], graph("r", "x < r", "y < r")));

  test("has other signs for a terminal with only ASCII, of the same width", async () => {
    const stdout = new FakeOutput({ isTTY: true });
    const reporter = await createReporter(
      "tree",
      options(stdout, { unicode: false, clock: new FakeClock() }),
    );
    reporter.report(event);
    reporter.report({ type: "step-started", host: "a", step: "r", attempt: 1 });
    await reporter.close();
    expect(stdout.text).toContain("  |- . x  waiting");
    expect(stdout.text).toContain("  `- . y  waiting");
    expect(stdout.text).not.toMatch(/[^\x00-\x7f]/);
  });

  test("draws no tree where there is no terminal", async () => {
    const stdout = new FakeOutput();
    const reporter = await createReporter("tree", options(stdout));
    reporter.report(event);
    await reporter.close();
    expect(stdout.text).not.toContain("\x1b");
    expect(stdout.text).toContain("deploy | run 8f2c | 1 host, 3 steps");
  });

  test("takes process.stdout as it is", async () => {
    const { stdout, stderr } = process;
    await expect(createReporter("plain", { ...options(stdout), stderr })).resolves.toBeDefined();
  });
});
