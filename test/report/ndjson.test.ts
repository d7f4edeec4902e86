import { expect, test } from "vitest";
import type { Event } from "../../src/event/event.ts";
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

async function stream(...events: readonly Event[]): Promise<string> {
  const [stdout, stderr] = [new FakeOutput(), new FakeOutput()];
  const reporter = await createReporter(
    "ndjson",
    options(stdout, { stderr, clock: new FakeClock(), version: "0.1.0" }),
  );
  for (const event of events) reporter.report(event);
  await reporter.close();
  expect(stderr.text).toBe("");
  return stdout.text;
}

const TIME = new Date(new FakeClock().now()).toISOString();

test("begins with a head, and has a line for each event, in order", async () => {
  const events = [
    started(views(["a"], graph("s"))),
    begin("a", "s"),
    finish("a", "s"),
    end("a", { ok: 1 }),
    over(),
  ];
  const lines = (await stream(...events)).trimEnd().split("\n");
  expect(lines[0]).toBe(`{"v":1,"time":"${TIME}","type":"stream","format":"rcm-events","rcm":"0.1.0"}`);
  expect(lines[2]).toBe(`{"v":1,"time":"${TIME}","type":"step-started","host":"a","step":"s","attempt":1}`);
  expect(lines.slice(1).map((line) => JSON.parse(line))).toEqual(
    events.map((event) => ({ v: 1, time: TIME, ...event })),
  );
});

test("output is text when it is UTF-8, else base64", async () => {
  const bytes = Buffer.from([0xff, 0x00]);
  const lines = (await stream(output("a", "s", "日\n"), output("a", "s", bytes, "stderr")))
    .trimEnd()
    .split("\n")
    .slice(1);
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { v: 1, time: TIME, type: "step-output", host: "a", step: "s", stream: "stdout", text: "日\n" },
    { v: 1, time: TIME, type: "step-output", host: "a", step: "s", stream: "stderr", base64: "/wA=" },
  ]);
});

test("what a terminal could obey is escaped, and reads as it was", async () => {
  const nasty = "\x1b[2J\u009b1m\u202e\u2028\x7f\u{e0041}\ud800";
  const text = await stream(begin(nasty, "s"));
  expect(text.replaceAll("\n", "")).toMatch(/^[\x20-\x7e]*$/);
  expect(JSON.parse(text.split("\n")[1] ?? "").host).toBe(nasty);
});

test("an output that JSON has no form for does not end the stream", async () => {
  const circular: { self?: unknown } = {};
  circular.self = circular;
  const text = await stream(finish("a", "s", { output: 12n }), finish("a", "s", { output: circular }));
  const [, big, round] = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect([big.result.output, round.result.output]).toEqual(["12", null]);
});
