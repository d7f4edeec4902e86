import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import type { Event } from "../../src/event/event.ts";
import { createReporter, type Reporter } from "../../src/report/reporter.ts";
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
import { TerminalModel } from "./terminal-model.ts";

const STEPS = graph(
  "download",
  "extract < download",
  "configure < extract",
  "probe < download",
  "restart < configure probe",
);

const opened: Reporter[] = [];

afterEach(async () => {
  for (const reporter of opened.splice(0)) await reporter.close();
});

async function stage({ columns = 80, rows = 24, colour = false, diff = false } = {}) {
  const terminal = new TerminalModel(columns, rows);
  const stdout = new FakeOutput({ isTTY: true, columns, rows, onWrite: terminal.write });
  const clock = new FakeClock();
  const reporter = await createReporter("tree", options(stdout, { clock, colour, diff }));
  opened.push(reporter);
  const report = (...events: readonly Event[]) => {
    for (const event of events) reporter.report(event);
  };
  return { terminal, stdout, clock, reporter, report };
}

describe("three hosts", () => {
  test("show their graphs, then roll up one after the other", async () => {
    const { terminal, clock, reporter, report } = await stage();
    report(started(views(["web1", "web2", "web3"], STEPS)));
    expect(terminal.screen).toEqual([
      "deploy 8f2c  0s  3 hosts: 3 waiting",
      "· web1  0/5  waiting",
      "· web2  0/5  waiting",
      "· web3  0/5  waiting",
    ]);

    report({ type: "host-connecting", host: "web1" }, { type: "host-connecting", host: "web2" });
    report({ type: "host-connected", host: "web2" }, begin("web2", "download"));
    report(output("web2", "download", "10%\r20%\r\nfetching 日本\x1b[31m\n"));
    clock.pass(3100);
    expect(terminal.screen).toEqual([
      "deploy 8f2c  3s  3 hosts: 2 running, 1 waiting",
      "▸ web1  0/5  connecting 3s",
      "  · download      waiting",
      "  ├─ · extract    waiting",
      "  │  · configure  waiting",
      "  └─ · probe      waiting",
      "  · restart       waiting for configure, probe",
      "▸ web2  0/5  3s",
      "  ▸ download      running 3s  fetching 日本\\x1b[31m",
      "  ├─ · extract    waiting",
      "  │  · configure  waiting",
      "  └─ · probe      waiting",
      "  · restart       waiting for configure, probe",
      "· web3  0/5  waiting",
    ]);

    report(finish("web2", "download", { message: "fetched" }));
    report(begin("web2", "extract"), begin("web2", "probe"));
    report(finish("web2", "extract", { status: "changed", message: "12 files" }));
    report(finish("web2", "probe", { status: "failed", error: "exit 3" }));
    const retry = { host: "web2", step: "configure", attempt: 1, of: 3, delay: 2000, error: "timeout" };
    report(begin("web2", "configure"), { type: "step-retry", ...retry });
    clock.pass(100);
    expect(terminal.screen.slice(7, -1)).toEqual([
      "✗ web2  3/5  1 failed  3s",
      "  ✓ download      ok 1.2s  fetched",
      "  ├─ ~ extract    changed 1.2s  12 files",
      "  │  ↻ configure  attempt 1 of 3 failed, next in 2s  timeout",
      "  └─ ✗ probe      failed 1.2s  exit 3",
      "  · restart       waiting for configure, probe",
    ]);

    report(end("web2", { ok: 3, changed: 2, failed: 1 }), begin("web1", "download"), end("web1", { ok: 5 }));
    clock.pass(100);
    expect(terminal.screen).toEqual([
      "deploy 8f2c  3s  3 hosts: 1 done, 1 failed, 1 waiting",
      "✗ web2  probe failed  3.2s  exit 3",
      "✓ web1  5 ok  3.2s",
      "· web3  0/5  waiting",
    ]);
    expect(terminal.cursorShown).toBe(false);
    await reporter.close();
    expect(terminal.cursorShown).toBe(true);
  });

  test("a window on the steps follows the work where the graphs do not fit", async () => {
    const { terminal, clock, report } = await stage({ rows: 12 });
    const chain = graph("s1", ...Array.from({ length: 9 }, (_, index) => `s${index + 2} < s${index + 1}`));
    report(started(views(["a", "b"], chain)));
    report(...["s1", "s2", "s3"].map((step) => finish("a", step)), begin("a", "s4"), begin("b", "s1"));
    clock.pass(100);
    expect(terminal.screen).toEqual([
      "deploy 8f2c  0s  2 hosts: 2 running",
      "▸ a   3/10  0s",
      "  ⋮ 3 steps ok",
      "  ▸ s4   running 0s",
      "  · s5   waiting",
      "  ⋮ 5 steps waiting",
      "▸ b   0/10  0s",
      "  ▸ s1   running 0s",
      "  · s2   waiting",
      "  · s3   waiting",
      "  ⋮ 7 steps waiting",
    ]);
  });
});

test("forty hosts are a row each, then a sum", async () => {
  const { terminal, clock, reporter, report } = await stage();
  const hosts = Array.from({ length: 40 }, (_, index) => `web${index + 1}`);
  report(started(views(hosts, STEPS)));
  report(
    ...hosts
      .slice(0, 30)
      .flatMap((host) => [begin(host, "download"), output(host, "download", `for ${host}\n`)]),
  );
  clock.pass(100);
  expect(terminal.screen).toHaveLength(23);
  expect(terminal.screen.at(1)).toBe("▸ web1   0/5  download running 0s  for web1");
  expect(terminal.screen.at(-1)).toBe("… and 19 more hosts: 9 running, 10 waiting");

  report(...hosts.slice(0, 10).map((host) => end(host, { ok: 5, changed: 2 })));
  const refused = { status: "unreachable", error: "connection refused" } as const;
  report(...hosts.slice(10, 20).map((host) => end(host, {}, refused)));
  clock.pass(100);
  expect(terminal.screen.slice(0, 9)).toEqual([
    "deploy 8f2c  0s  40 hosts: 10 done, 10 unreachable, 10 running, 10 waiting",
    "✗ web11  unreachable  0.1s  connection refused",
    "✗ web12  unreachable  0.1s  connection refused",
    "✗ web13  unreachable  0.1s  connection refused",
    "✗ web14  unreachable  0.1s  connection refused",
    "✗ web15  unreachable  0.1s  connection refused",
    "… and 5 more that failed or were unreachable",
    "✓ 10 hosts done  50 ok, 20 changed",
    "▸ web21  0/5  download running 0s  for web21",
  ]);
  await reporter.close();
  expect(terminal.screen.at(-1)).toBe("… and 10 more hosts: 10 waiting");
});

describe("drawing", () => {
  test("writes once a frame, at most ten frames a second, and nothing when nothing changed", async () => {
    const { stdout, clock, report } = await stage();
    report(started(views(["a"], STEPS)));
    for (let index = 0; index < 100; index += 1) {
      report(begin("a", "download"), output("a", "download", `line ${index}\n`));
      clock.pass(10);
    }
    expect(stdout.writes.length).toBeGreaterThan(8);
    expect(stdout.writes.length).toBeLessThanOrEqual(12);
    report(finish("a", "download"), end("a", { ok: 1 }), over());
    clock.pass(1000);
    const before = stdout.writes.length;
    clock.pass(400);
    expect(stdout.writes.length).toBe(before);
  });

  test("rewrites only the lines that differ", async () => {
    const { stdout, clock, report } = await stage();
    report(started(views(["a", "b"], STEPS)), begin("a", "download"), begin("b", "download"));
    clock.pass(100);
    report(output("b", "download", "news\n"));
    clock.pass(100);
    expect(stdout.writes.at(-1)).toContain("news");
    expect(stdout.writes.at(-1)).not.toContain("▸ a");
  });

  test("survives a terminal made smaller and bigger", async () => {
    const { terminal, stdout, clock, report } = await stage();
    const draw = (report: (...events: readonly Event[]) => void) => {
      report(started(views(["web1", "web2", "web3"], STEPS)));
      report(...["web1", "web2", "web3"].map((host) => begin(host, "download")));
    };
    draw(report);
    clock.pass(100);
    for (const [columns, rows] of [
      [30, 24],
      [20, 6],
      [100, 40],
      [3, 2],
      [80, 24],
    ] as const) {
      terminal.resize(columns, rows);
      stdout.resize(columns, rows);
      clock.pass(100);
      const other = await stage({ columns, rows });
      draw(other.report);
      other.clock.pass(500);
      const expected = other.terminal.screen;
      const seconds = (line: string) => line.replace(/\d+s/g, "0s");
      expect(terminal.screen.slice(-expected.length).map(seconds)).toEqual(expected.map(seconds));
    }
  });

  test("a warning stays above the picture", async () => {
    const { terminal, clock, report } = await stage();
    report(started(views(["a"], graph("s"))));
    report({ type: "warning", host: "a", message: "clock is off by 3 days\x07" });
    clock.pass(100);
    expect(terminal.screen).toEqual([
      "warning: a: clock is off by 3 days\\x07",
      "deploy 8f2c  0s  1 host: 1 waiting",
      "· a  0/1  waiting",
    ]);
  });

  test("hostile names and outputs stay text, in any size, with colours", async () => {
    const hostile = fc.string({
      unit: fc.constantFrom(
        "a",
        "\x1b[2J",
        "\x1b]0;x\x07",
        "\u009b",
        "\u202e",
        "\n",
        "\r",
        "\t",
        "日",
        "e\u0301",
        "🙂",
        "\0",
      ),
    });
    const property = fc.asyncProperty(
      hostile,
      hostile,
      fc.uint8Array(),
      fc.integer({ min: 1, max: 90 }),
      fc.integer({ min: 2, max: 30 }),
      async (host, step, data, columns, rows) => {
        const { clock, report, reporter } = await stage({ columns, rows, colour: true });
        const steps = graph("x").map((view) => ({ ...view, id: step }));
        report(started(views([host, `${host}2`], steps), { runbook: host, run: step }));
        report(begin(host, step), output(host, step, Buffer.from(data)));
        clock.pass(100);
        report(
          finish(host, step, { status: "failed", error: host }),
          end(host, { failed: 1 }, { error: step }),
        );
        report(over());
        await reporter.close();
      },
    );
    await fc.assert(property, { numRuns: 300 });
  });

  test("a thousand hosts of twenty steps cost as many writes as seconds allow", async () => {
    const { terminal, stdout, clock, reporter, report } = await stage();
    const steps = graph("s0", ...Array.from({ length: 19 }, (_, index) => `s${index + 1} < s${index}`));
    const hosts = Array.from({ length: 1000 }, (_, index) => `web${index + 1}`);
    report(started(views(hosts, steps)));
    for (const { id } of steps) {
      for (const host of hosts) report(begin(host, id), output(host, id, "x\n"), finish(host, id));
      clock.pass(100);
    }
    report(...hosts.map((host) => end(host, { ok: 20 })), over());
    await reporter.close();
    expect(stdout.writes.length).toBeLessThan(30);
    expect(stdout.text.length).toBeLessThan(60_000);
    expect(terminal.screen).toEqual([
      "deploy 8f2c  2s  1000 hosts: 1000 done",
      "✓ 1000 hosts done  20000 ok",
      "",
      "web[1..1000]",
      "  ok=20 changed=0 unreachable=0 failed=0 skipped=0 rescued=0 ignored=0",
      "",
      "1000 hosts: 20000 ok, 0 changed, 0 failed in 12.4 s",
    ]);
  });
});

describe("closing", () => {
  test("leaves the last picture when the run was broken off, and no listener", async () => {
    const { terminal, stdout, reporter, report } = await stage();
    const listeners = process.listenerCount("exit");
    const signals = process.listenerCount("SIGINT");
    report(started(views(["a"], graph("s"))), begin("a", "s"));
    await reporter.close();
    expect(terminal.screen).toEqual([
      "deploy 8f2c  0s  1 host: 1 running",
      "▸ a  0/1  0s",
      "  ▸ s  running 0s",
    ]);
    expect(terminal.cursorShown).toBe(true);
    expect([stdout.listeners, process.listenerCount("exit"), process.listenerCount("SIGINT")]).toEqual([
      0,
      listeners,
      signals,
    ]);
  });

  test("before a run there is nothing to draw", async () => {
    const { stdout, reporter } = await stage();
    await reporter.close();
    expect(stdout.text).toBe("");
  });
});
