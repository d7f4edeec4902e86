import { expect, test } from "vitest";
import { graphInventory, listInventory } from "../../src/inventory/list.ts";
import { loadYaml } from "./temp.ts";

const TEXT = "web: {hosts: {w1: {b: 1}, w2: }, vars: {a: 2}}\nprod: {children: web}\nempty: {}\n";

test("listInventory gives each host all that holds for it, keys sorted", async () => {
  const list = listInventory(await loadYaml(TEXT));
  expect(JSON.stringify(list)).toBe(
    JSON.stringify({
      _meta: { hostvars: { w1: { a: 2, b: 1 }, w2: { a: 2 } } },
      all: { children: ["ungrouped", "prod", "empty"] },
      prod: { children: ["web"] },
      web: { hosts: ["w1", "w2"] },
    }),
  );
});

test("listInventory for export leaves variables where they are written", async () => {
  expect(listInventory(await loadYaml(TEXT), { export: true })).toEqual({
    _meta: { hostvars: { w1: { b: 1 } } },
    all: { children: ["ungrouped", "prod", "empty"] },
    prod: { children: ["web"] },
    web: { hosts: ["w1", "w2"], vars: { a: 2 } },
  });
});

test("graphInventory draws a group wherever it is a child", async () => {
  expect(graphInventory(await loadYaml(`${TEXT}test: {children: web}`))).toBe(
    [
      "@all:",
      "  |--@ungrouped:",
      "  |--@prod:",
      "  |  |--@web:",
      "  |  |  |--w1",
      "  |  |  |--w2",
      "  |--@empty:",
      "  |--@test:",
      "  |  |--@web:",
      "  |  |  |--w1",
      "  |  |  |--w2",
    ].join("\n"),
  );
});
