import { expect, test } from "vitest";
import { compareNames, hostList, hostRanges } from "../../src/report/names.ts";

test.each([
  [["web1", "web2", "web3"], ["web[1..3]"]],
  [
    ["web3", "web1", "web10", "web2", "db"],
    ["db", "web[1..3,10]"],
  ],
  [["web1", "web2"], ["web[1,2]"]],
  [["web1"], ["web1"]],
  [["web08", "web09", "web10"], ["web[08..10]"]],
  [["web9", "web10", "web010"], ["web[9,010,10]"]],
  [
    ["web-1.prod.example.com", "web-2.prod.example.com", "web-3.prod.example.com"],
    ["web-[1..3].prod.example.com"],
  ],
  [
    ["dc1-web1", "dc1-web2", "dc2-web1"],
    ["dc1-web[1,2]", "dc2-web1"],
  ],
  [
    ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.1.1"],
    ["10.0.0.[1..3]", "10.0.1.1"],
  ],
  [
    ["db.dc1", "db.dc2"],
    ["db.dc1", "db.dc2"],
  ],
  [["i99999999999999999999", "i99999999999999999998"], ["i[99999999999999999998,99999999999999999999]"]],
  [[], []],
])("%j is %j", (names, expected) => {
  expect(hostRanges(names)).toEqual(expected);
});

test("a list that is too long is counted", () => {
  expect(hostList(["alpha", "beta", "gamma"])).toBe("alpha, beta, gamma");
  expect(hostList(["alpha", "beta", "gamma"], 12)).toBe("alpha, beta and 1 more");
  expect(hostList(["a-name-longer-than-that", "b"], 5)).toBe("a-name-longer-than-that and 1 more");
});

test("people count web2 before web10", () => {
  expect(["web10", "web2", "db"].sort(compareNames)).toEqual(["db", "web2", "web10"]);
});
