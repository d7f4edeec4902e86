import { expect, test } from "vitest";
import type { Event } from "../../src/event/event.ts";
import { Profile } from "../../src/report/profile.ts";
import { end, FakeClock, finish, graph, started, views } from "./stage.ts";

const clock = new FakeClock();
const at = (from: number, to: number) => ({ startedAt: clock.now() + from, endedAt: clock.now() + to });
const traffic = { connections: 1, channels: 1, roundTrips: 3, bytesOut: 2_100_000, bytesIn: 900 };
const times = (host: number) => ({ connect: 20, host, line: 40, here: 5 });

function lines(events: readonly Event[]): readonly string[] {
  const profile = new Profile({ clock });
  for (const event of events) profile.add(event);
  return profile.lines((_style, text) => text).map((line) => line.trimEnd());
}

test("the chain of steps that the run's length came from, with what each one added", () => {
  const steps = graph("a", "quick < a", "slow < a", "last < quick slow");
  expect(
    lines([
      started(views(["web1", "db"], steps)),
      finish("web1", "a", at(20, 30)),
      end("web1", {}, { traffic, times: times(10) }),
      finish("db", "a", at(120, 130)),
      finish("db", "quick", at(130, 140)),
      finish("db", "slow", at(130, 1630)),
      finish("db", "last", at(1630, 1640)),
      end("db", {}, { traffic, times: times(1500) }),
    ]),
  ).toEqual([
    "profile  connect  host  line  here  trips      out     in",
    "db          20ms  1.5s  40ms   5ms      3  2.0 MiB  900 B",
    "web1        20ms  10ms  40ms   5ms      3  2.0 MiB  900 B",
    "",
    "critical path: db          1.6s",
    "  (waiting for its turn)  100ms",
    "  (connecting)             20ms",
    "  a                        10ms",
    "  slow                     1.5s",
    "  last                     10ms",
  ]);
});

test("the slowest hosts have a line each, the others one together; so have the longest steps of the path", () => {
  const hosts = Array.from({ length: 9 }, (_, i) => `web${i}`);
  const chain = graph("s0", ...Array.from({ length: 19 }, (_, i) => `s${i + 1} < s${i}`));
  const ends = hosts.map((host, i) =>
    end(host, {}, { traffic: { ...traffic, roundTrips: i }, times: times(i * 100) }),
  );
  const steps = chain.map(({ id }, i) => finish("web8", id, at(i * 100, i * 100 + (i < 5 ? 100 : 50 + i))));
  const shown = lines([started(views(hosts, chain)), ...steps, ...ends]);
  expect(shown.slice(0, 7).map((line) => line.split(/ {2,}/).slice(0, 5))).toEqual([
    ["slowest hosts", "connect", "host", "line", "here"],
    ["web8", "20ms", "800ms", "40ms", "5ms"],
    ["web7", "20ms", "700ms", "40ms", "5ms"],
    ["web6", "20ms", "600ms", "40ms", "5ms"],
    ["web5", "20ms", "500ms", "40ms", "5ms"],
    ["web4", "20ms", "400ms", "40ms", "5ms"],
    ["4 more, mean", "20ms", "150ms", "40ms", "5ms"],
  ]);
  expect(shown).toHaveLength(7 + 1 + 1 + 10 + 1);
  expect(shown.at(-1)).toMatch(/^ {2}11 others +\d+ms$/);
});

test("steps that were not run now are not on the path; where nothing was, there is none", () => {
  const steps = graph("a", "b < a");
  const known = started(views(["web1"], steps));
  const before = finish("web1", "a", at(-5000, -4000), true);
  const shown = lines([known, before, finish("web1", "b", at(30, 40)), end("web1")]);
  expect(shown.slice(3).map((line) => line.split(/ {2,}/).at(-1))).toEqual(["40ms", "10ms", "20ms", "10ms"]);
  expect(lines([known, before, end("web1")]).join("\n")).not.toContain("critical path");
});
