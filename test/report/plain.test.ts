import { expect, test } from "vitest";
import type { Event } from "../../src/event/event.ts";
import type { ReporterOptions } from "../../src/report/options.ts";
import { createReporter } from "../../src/report/reporter.ts";
import {
  begin,
  end,
  FakeClock,
  FakeOutput,
  finish,
  graph,
  options,
  output,
  over,
  started,
  views,
} from "./stage.ts";

/** What is printed for some events, each a second after the one before; the recap only once the run is over. */
async function printed(events: readonly Event[], more: Partial<ReporterOptions> = {}) {
  const [stdout, stderr, clock] = [new FakeOutput(), new FakeOutput(), new FakeClock()];
  const reporter = await createReporter("plain", options(stdout, { stderr, clock, ...more }));
  for (const event of events) {
    reporter.report(event);
    clock.pass(1000);
  }
  await reporter.close();
  return { stdout: stdout.text.split("\n").slice(0, -1), stderr: stderr.text.split("\n").slice(0, -1) };
}

const STEPS = graph("download", "extract < download");

const RUN: readonly Event[] = [
  started(views(["web1"], STEPS)),
  { type: "host-connecting", host: "web1" },
  { type: "host-connected", host: "web1" },
  begin("web1", "download"),
  output("web1", "download", "half a "),
  { type: "step-retry", host: "web1", step: "download", attempt: 1, of: 3, delay: 2000, error: "timeout" },
  begin("web1", "download", 2),
  output("web1", "download", "line\nand \x1b[31mred\n日"),
  finish("web1", "download", { status: "changed", message: "fetched" }),
  begin("web1", "extract"),
  output("web1", "extract", "tar: no space\n", "stderr"),
  finish("web1", "extract", { status: "failed", error: "exit 2", stderr: "tar: no space\n", output: "x\n" }),
  end("web1", { ok: 1, changed: 1, failed: 1 }),
];

test("prints a line for each result, and the last lines of what failed", async () => {
  expect((await printed(RUN)).stdout).toEqual([
    "12:03:04 | deploy | run 8f2c | 1 host, 2 steps",
    "12:03:09 web1 | download | retrying | attempt 1 of 3 failed, next in 2.0s | timeout",
    "12:03:12 web1 | download | changed | 1.2s | fetched",
    "12:03:15 web1 | extract | stdout | x",
    "12:03:15 web1 | extract | stderr | tar: no space",
    "12:03:15 web1 | extract | failed | 1.2s | exit 2",
    "12:03:16 web1 | failed | ok=1 changed=1 unreachable=0 failed=1 skipped=0 rescued=0 ignored=0",
  ]);
});

test("prints output as it comes when verbose, and each line of it once", async () => {
  expect((await printed(RUN, { verbosity: 2 })).stdout).toEqual([
    "12:03:04 | deploy | run 8f2c | 1 host, 2 steps",
    "12:03:05 web1 | connecting",
    "12:03:06 web1 | connected",
    "12:03:07 web1 | download | started",
    "12:03:09 web1 | download | stdout | half a ",
    "12:03:09 web1 | download | retrying | attempt 1 of 3 failed, next in 2.0s | timeout",
    "12:03:10 web1 | download | started",
    "12:03:11 web1 | download | stdout | line",
    "12:03:11 web1 | download | stdout | and \\x1b[31mred",
    "12:03:12 web1 | download | stdout | 日",
    "12:03:12 web1 | download | changed | 1.2s | fetched",
    "12:03:13 web1 | extract | started",
    "12:03:14 web1 | extract | stderr | tar: no space",
    "12:03:15 web1 | extract | failed | 1.2s | exit 2",
    "12:03:16 web1 | failed | ok=1 changed=1 unreachable=0 failed=1 skipped=0 rescued=0 ignored=0",
  ]);
});

test("a dry run, resumed: says would change, leaves out what was done before", async () => {
  const events = [
    started(views(["a"], STEPS), { mode: "check", resumed: true }),
    finish("a", "download", { message: "fetched" }, true),
    finish("a", "extract", { status: "changed" }),
  ];
  expect((await printed(events)).stdout).toEqual([
    "12:03:04 | deploy | dry run 8f2c, resumed | 1 host, 2 steps",
    "12:03:06 a | extract | would change | 1.2s",
  ]);
  expect((await printed(events, { verbosity: 1 })).stdout).toContain(
    "12:03:05 a | download | ok | earlier run | fetched",
  );
});

test("warnings go to stderr", async () => {
  const { stdout, stderr } = await printed([
    { type: "warning", message: "no known_hosts" },
    { type: "warning", host: "a", message: "two\nlines" },
  ]);
  expect(stdout).toEqual([]);
  expect(stderr).toEqual(["12:03:04 | warning | no known_hosts", "12:03:05 a | warning | two\\nlines"]);
});

test("a name with newlines and controls makes no line of its own", async () => {
  const host = "a\n12:03:04 b | x | ok\x1b[2J";
  const { stdout } = await printed([started(views([host], STEPS)), finish(host, "download")]);
  expect(stdout[1]).toBe("12:03:05 a\\n12:03:04 b | x | ok\\x1b[2J | download | ok | 1.2s");
});

test("colours status words, and nothing moves the cursor", async () => {
  const { stdout } = await printed([...RUN, over({ status: "failed" })], {
    colour: true,
    verbosity: 1,
    diff: true,
  });
  expect(stdout.join("\n")).toContain("\x1b[33mchanged\x1b[0m");
  expect(stdout.join("\n").replace(/\x1b\[[\d;]*m/g, "")).not.toContain("\x1b");
});

test("a line without end is printed in pieces", async () => {
  const endless = Array.from({ length: 20 }, () => output("web1", "download", "x".repeat(1000)));
  const { stdout } = await printed([started(views(["web1"], STEPS)), ...endless], { verbosity: 1 });
  expect(stdout).toHaveLength(2);
  expect(stdout[1]).toContain("x".repeat(17_000));
});
