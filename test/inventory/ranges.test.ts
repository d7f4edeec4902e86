import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { expandHostKey, looksLikeAddress, splitPort } from "../../src/inventory/ranges.ts";

describe("expandHostKey", () => {
  test.each([
    ["web1", ["web1"], undefined],
    ["web1:2222", ["web1"], 2222],
    ["web[1:3]", ["web1", "web2", "web3"], undefined],
    ["web[:2]", ["web0", "web1", "web2"], undefined],
    ["web[08:10].x", ["web08.x", "web09.x", "web10.x"], undefined],
    ["web[1:03]", ["web1", "web2", "web3"], undefined],
    ["web[0:10:5]:22", ["web0", "web5", "web10"], 22],
    ["db[a:c]", ["dba", "dbb", "dbc"], undefined],
    ["db[y:B]", ["dby", "dbz", "dbA", "dbB"], undefined],
    ["m[a:b]n[1:2]", ["man1", "man2", "mbn1", "mbn2"], undefined],
    ["10.0.0.[1:2]:22", ["10.0.0.1", "10.0.0.2"], 22],
    ["2001:db8::2", ["2001:db8::2"], undefined],
    ["[2001:db8::1]:2222", ["2001:db8::1"], 2222],
    ["sp ace", ["sp ace"], undefined],
  ])("%s", (key, names, port) => {
    expect(expandHostKey(key)).toEqual({ names, port });
  });

  test.each([
    ["", "The name of a host is empty"],
    ["web:", 'Bad host "web:": wanted a port after the last colon'],
    ["web:0", 'Bad host "web:0": wanted a port from 1 to 65535'],
    ["web:65536", 'Bad host "web:65536": wanted a port from 1 to 65535'],
    ["w[1-3]", 'Bad host "w[1-3]": wanted a range begin:end or begin:end:step'],
    ["w[1,3]", 'Bad host "w[1,3]": wanted a range begin:end or begin:end:step'],
    ["w[1:2:3:4]", 'Bad host "w[1:2:3:4]": wanted a range begin:end or begin:end:step'],
    ["w[1:]", 'Bad host "w[1:]": wanted a range that says where it ends'],
    ["w[1:3", 'Bad host "w[1:3": wanted a closing bracket for each opening one'],
    ["w1:3]", 'Bad host "w1:3]": wanted a closing bracket for each opening one'],
    ["w[3:1]", 'Bad host "w[3:1]": wanted a range that goes up'],
    ["w[c:a]", 'Bad host "w[c:a]": wanted a range that goes up (a to z, then A to Z)'],
    ["w[a:3]", 'Bad host "w[a:3]": wanted a range between two numbers or two letters'],
    ["w[aa:ac]", 'Bad host "w[aa:ac]": wanted a range between two numbers or two letters'],
    ["w[01:100]", 'Bad host "w[01:100]": wanted as many digits at the end as at the begin'],
    ["w[1:3:0]", 'Bad host "w[1:3:0]": wanted a step that is a whole number from 1'],
    ["w[1:100001]", 'Bad host "w[1:100001]": wanted at most 100000 hosts, and these are 100001'],
    ["w[1:999][1:999]", 'Bad host "w[1:999][1:999]": wanted at most 100000 hosts, and these are 998001'],
  ])("refuses %j", (key, problem) => {
    expect(expandHostKey(key)).toEqual({ problem });
  });

  test("expands as many hosts as it may", () => {
    const found = expandHostKey("w[1:100000]");
    expect("names" in found && [found.names.length, found.names.at(-1)]).toEqual([100_000, "w100000"]);
  });

  const anyKey = fc.string({
    unit: fc.constantFrom("w", "a", "1", "0", "9", "[", "]", ":", "-", ".", " ", ","),
  });

  test("ends for whatever is typed: hosts within the cap, or a problem that quotes it", () => {
    fc.assert(
      fc.property(fc.oneof(anyKey, fc.string()), (key) => {
        const found = expandHostKey(key);
        if ("problem" in found) expect(found.problem).not.toBe("");
        else expect(found.names.length).toBeLessThanOrEqual(100_000);
      }),
      { numRuns: 2000 },
    );
  });

  test("a range has each number once, in order, padded like its begin", () => {
    const bound = fc.integer({ min: 0, max: 500 });
    fc.assert(
      fc.property(bound, bound, fc.integer({ min: 1, max: 4 }), (first, more, width) => {
        const pad = (number: number): string => String(number).padStart(width, "0");
        const last = first + more;
        fc.pre(pad(first).length === pad(last).length);
        const wanted = Array.from({ length: more + 1 }, (_, index) => `h${pad(first + index)}`);
        expect(expandHostKey(`h[${pad(first)}:${pad(last)}]`)).toEqual({ names: wanted, port: undefined });
      }),
    );
  });
});

test.each([
  ["web1:22", { name: "web1", port: 22 }],
  ["web[1:2]:22", { name: "web[1:2]", port: 22 }],
  ["my_host:22", { name: "my_host", port: 22 }],
  ["a b:22", { name: "a b:22", port: undefined }],
  ["2001:db8::22", { name: "2001:db8::22", port: undefined }],
])("splitPort %s", (text, parts) => {
  expect(splitPort(text)).toEqual(parts);
});

test.each([
  ["web1.example.com", true],
  ["10.0.0.1", true],
  ["::1", true],
  ["web[1:3]", true],
  ["-web", false],
  ["web:db", false],
  ["web*", false],
])("looksLikeAddress %s: %s", (text, answer) => {
  expect(looksLikeAddress(text)).toBe(answer);
});
