import { describe, expect, test } from "vitest";
import type { Event } from "../../src/event/event.ts";
import { Recap } from "../../src/report/recap.ts";
import { end, finish, graph, over, started, views } from "./stage.ts";

function recap(
  events: readonly Event[],
  { diff = false, colour = false, columns = 200 } = {},
): readonly string[] {
  const subject = new Recap({ diff, colour, columns });
  for (const event of events) subject.add(event);
  return subject.lines().flatMap((line) => line.split("\n"));
}

const STEPS = graph("download", "extract < download", "restart < extract", "probe");
const HOSTS = ["web1", "web2", "web3", "web4", "db"];

const TROUBLE: readonly Event[] = [
  started(views(HOSTS, STEPS)),
  ...["web1", "web3"].flatMap((host) => [
    finish(host, "download", {
      status: "failed",
      exitCode: 22,
      error: `curl: (6) could not resolve for ${host}`,
      stderr: `${Array.from({ length: 12 }, (_, index) => `try ${index + 1}`).join("\n")}\n\x1b]0;x\x07\n`,
      output: "",
    }),
    finish(host, "extract", { status: "blocked", error: "download failed" }),
    finish(host, "restart", { status: "blocked", error: "extract was blocked" }),
    finish(host, "probe"),
    end(host, { ok: 1, failed: 1, blocked: 2 }),
  ]),
  end("web2", { ok: 4, changed: 2 }),
  end("db", { ok: 4, changed: 2 }),
  end("web4", {}, { status: "unreachable", error: "connection refused by web4", hint: "is sshd running?" }),
];

test("equal results, equal failures, the worst first, the sum last", () => {
  const directory = ".rcm/runs/8f2c";
  expect(recap([...TROUBLE, over({ status: "failed", directory, resume: "rcm resume 8f2c" })])).toEqual([
    "web4      ok=0 changed=0 unreachable=1 failed=0 skipped=0 rescued=0 ignored=0",
    "web[1,3]  ok=1 changed=0 unreachable=0 failed=1 skipped=2 rescued=0 ignored=0",
    "db, web2  ok=4 changed=2 unreachable=0 failed=0 skipped=0 rescued=0 ignored=0",
    "",
    "✗ download failed on web[1,3]",
    "    at site.ts:1 (bash)",
    "    exit 22: curl: (6) could not resolve for web1",
    ...Array.from({ length: 9 }, (_, index) => `    stderr | try ${index + 4}`),
    "    stderr | \\x1b]0;x\\x07",
    "    blocked: extract, restart",
    "",
    "✗ unreachable on web4",
    "    connection refused by web4",
    "    hint: is sshd running?",
    "",
    "5 hosts: 10 ok, 4 changed, 2 failed, 1 unreachable, 4 skipped in 12.4 s",
    "log .rcm/runs/8f2c",
    "resume: rcm resume 8f2c",
  ]);
});

test("nothing before the end", () => {
  expect(recap(TROUBLE)).toEqual([]);
});

test("names and counters stand below one another where the terminal would wrap them", () => {
  const events = [started(views(HOSTS, STEPS)), ...HOSTS.map((host) => end(host, { ok: 4 })), over()];
  expect(recap(events, { columns: 80 })).toEqual([
    "db, web[1..4]",
    "  ok=4 changed=0 unreachable=0 failed=0 skipped=0 rescued=0 ignored=0",
    "",
    "5 hosts: 20 ok, 0 changed, 0 failed in 12.4 s",
  ]);
});

test("cancelled steps are counted when there are some; a halted run says so", () => {
  const cancelled = end("a", { ok: 1, skipped: 1, cancelled: 2, ignored: 1 }, { status: "cancelled" });
  expect(recap([started(views(["a"], STEPS)), cancelled, over({ status: "halted" })])).toEqual([
    "a  ok=1 changed=0 unreachable=0 failed=0 skipped=1 rescued=0 ignored=1 cancelled=2",
    "",
    "1 host: 1 ok, 0 changed, 0 failed, 1 skipped, 2 cancelled in 12.4 s",
    "halted before the end",
  ]);
});

test("an ignored failure and a restored one get no block", () => {
  const events = [
    started(views(["a"], STEPS)),
    finish("a", "download", { status: "failed", ignored: true, error: "no" }),
    finish("a", "probe", { status: "failed", error: "no" }, true),
    end("a", { ok: 1, ignored: 1 }),
    over(),
  ];
  expect(recap(events)).toHaveLength(3);
});

test("beyond some, different failures are counted", () => {
  const hosts = Array.from({ length: 30 }, (_, index) => `web${index + 1}`);
  const failures = hosts.map((host, index) =>
    finish(host, "probe", { status: "failed", error: `error ${index * 7}` }),
  );
  const lines = recap([started(views(hosts, STEPS)), ...failures, over()]);
  expect(lines.filter((line) => line.startsWith("✗"))).toHaveLength(20);
  expect(lines).toContain("… and 10 other failures");
});

describe("changes", () => {
  const mode = { property: "mode", was: "0644", want: "0600", text: false };
  const content = { property: "content", was: "port = 80\n", want: "port = 8080\n", text: true };
  const events = [
    started(views(["web1", "web2", "web3"], STEPS)),
    ...["web1", "web2"].map((host) =>
      finish(host, "extract", { status: "changed", message: "updated", changes: [mode, content] }),
    ),
    finish("web3", "extract", { status: "changed", message: "updated", changes: [mode] }),
    finish("web3", "probe"),
    over({ duration: 61_000 }),
  ];

  test("are shown once for all hosts they are equal on, when asked for", () => {
    expect(recap(events, { diff: true })).toEqual([
      "~ extract changed on web[1,2]: updated",
      "    mode: 0644 → 0600",
      "    content:",
      "    @@ -1,1 +1,1 @@",
      "    -port = 80",
      "    +port = 8080",
      "~ extract changed on web3: updated",
      "    mode: 0644 → 0600",
      "",
      "3 hosts: 0 ok, 0 changed, 0 failed in 1 min 1 s",
    ]);
    expect(recap(events)).toHaveLength(1);
  });

  test("of a dry run are named in any case", () => {
    const [run, ...rest] = events;
    expect(recap([{ ...run, mode: "check" } as Event, ...rest, end("web1", { ok: 1, changed: 1 })])).toEqual([
      "~ extract would change on web[1..3]: updated",
      "",
      "web1  ok=1 changed=1 unreachable=0 failed=0 skipped=0 rescued=0 ignored=0",
      "",
      "3 hosts: 1 ok, 1 would change, 0 failed in 1 min 1 s",
      "dry run: nothing was changed",
    ]);
  });

  test("are coloured", () => {
    expect(recap(events, { diff: true, colour: true })).toContain("    \x1b[32m+port = 8080\x1b[0m");
  });
});
