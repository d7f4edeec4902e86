import fc from "fast-check";
import { expect, test } from "vitest";
import { comesBefore, findCycle, type Node, ordered } from "../../src/plan/graph.ts";
import { counted } from "../support/counted.ts";

const graph = fc
  .array(fc.array(fc.nat(19), { maxLength: 4 }), { minLength: 1, maxLength: 20 })
  .map((needs): Node[] =>
    needs.map((of, i) => ({
      id: `n${i}`,
      needs: [...new Set(of)].filter((n) => n < needs.length).map((n) => `n${n}`),
    })),
  );
const acyclic = graph.map((nodes) =>
  nodes.map(({ id, needs }, i) => ({ id, needs: needs.filter((need) => Number(need.slice(1)) < i) })),
);

test("a cycle that is told really is one; without one there is an order", () => {
  fc.assert(
    fc.property(graph, (nodes) => {
      const byId = new Map(nodes.map((node) => [node.id, node]));
      const cycle = findCycle(nodes);
      if (!cycle) {
        const order = ordered(nodes);
        for (const { id, needs } of nodes)
          for (const need of needs) expect(order.indexOf(need)).toBeLessThan(order.indexOf(id));
        return;
      }
      expect(cycle[0]).toBe(cycle.at(-1));
      for (let i = 0; i + 1 < cycle.length; i++)
        expect(byId.get(cycle[i] as string)?.needs).toContain(cycle[i + 1]);
    }),
    { numRuns: 1000 },
  );
});

test("graphs without cycles are ordered as they were written as far as that goes", () => {
  fc.assert(
    fc.property(acyclic, (nodes) => {
      expect(findCycle(nodes)).toBeUndefined();
      expect(ordered(nodes)).toEqual(nodes.map(({ id }) => id));
    }),
  );
});

test("comesBefore is reachability", () => {
  const byId = new Map(
    [
      { id: "a", needs: [] },
      { id: "b", needs: ["a"] },
      { id: "c", needs: ["b"] },
      { id: "d", needs: [] },
    ].map((node) => [node.id, node]),
  );
  expect([comesBefore(byId, "a", "c"), comesBefore(byId, "c", "a"), comesBefore(byId, "d", "c")]).toEqual([
    true,
    false,
    false,
  ]);
});

test("a chain of 100,000 is no trouble", () => {
  const nodes = Array.from({ length: 100_000 }, (_, i) => ({
    id: `n${i}`,
    needs: i > 0 ? [`n${i - 1}`] : [],
  }));
  expect(findCycle(nodes)).toBeUndefined();
  expect(ordered(nodes.toReversed())).toEqual(nodes.map(({ id }) => id));
});

test.each([100, 1000, 10_000])(
  "each need of %i is read a few times, also where a step brings all together",
  (size) => {
    let reads = 0;
    const ids = Array.from({ length: size }, (_, i) => `n${i}`);
    const last = { id: "last", needs: counted(ids, () => reads++) };
    const nodes = [last, ...ids.map((id) => ({ id, needs: [] }))];
    expect(ordered(nodes).at(-1)).toBe("last");
    expect(findCycle(nodes)).toBeUndefined();
    expect(reads).toBeLessThanOrEqual(3 * (size + 1));
  },
);
