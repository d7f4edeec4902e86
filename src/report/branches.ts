import type { StepView } from "../event/event.ts";

/** A step's place in the drawing of its host's graph. */
export interface Place {
  readonly step: StepView;
  /** The lines that lead to it: `├─ `, `│  └─ `; empty for a step of the trunk. */
  readonly lead: string;
  /** The ids it waits for, when it brings branches together; else empty. */
  readonly joins: readonly string[];
}

/**
 * Draws a graph of steps as a tree that is flat wherever nothing forks: a chain stays in its column, steps that
 * one step lets go at the same time become branches, and a step that waits for several of them goes on in the
 * column where the fork was (below its immediate dominator). Every step comes after those it awaits.
 */
export function placeSteps(steps: readonly StepView[]): readonly Place[] {
  const sorted = topological(steps);
  const children = childrenOf(sorted);
  const places: Place[] = [];
  // Iterative: a chain of thousands of steps must not overflow the stack.
  const todo: Branch[] = [{ step: undefined, lead: "", below: "" }];
  for (let branch = todo.pop(); branch; branch = todo.pop()) {
    const { step, lead, below } = branch;
    if (step) places.push({ step, lead, joins: step.awaits.length > 1 ? step.awaits : [] });
    todo.push(...followers(children.get(step) ?? [], below).reverse());
  }
  return places;
}

/** A step to draw, what leads to it, and what leads to those below it. */
interface Branch {
  readonly step: StepView | undefined;
  readonly lead: string;
  readonly below: string;
}

/** What comes below a step: its branches, then what brings them together; a single one stays in the column. */
function followers(children: readonly StepView[], below: string): Branch[] {
  const forks = children.filter((child) => child.awaits.length < 2);
  const joins = children.filter((child) => child.awaits.length > 1);
  if (forks.length < 2) return [...forks, ...joins].map((step) => ({ step, lead: below, below }));
  const branches = forks.map((step, index) => {
    const last = index === forks.length - 1;
    return { step, lead: `${below}${last ? "└─ " : "├─ "}`, below: `${below}${last ? "   " : "│  "}` };
  });
  return [...branches, ...joins.map((step) => ({ step, lead: below, below }))];
}

type Node = StepView | undefined;

/** The steps below each step: those that it is the immediate dominator of; undefined stands above the roots. */
function childrenOf(sorted: readonly StepView[]): ReadonlyMap<Node, readonly StepView[]> {
  const byId = new Map(sorted.map((step) => [step.id, step]));
  const parents = new Map<Node, Node>();
  const depths = new Map<Node, number>([[undefined, 0]]);
  const children = new Map<Node, StepView[]>();
  for (const step of sorted) {
    const awaited = step.awaits.map((id) => byId.get(id));
    const parent = awaited.length === 0 ? undefined : awaited.reduce((a, b) => meet(a, b, parents, depths));
    parents.set(step, parent);
    depths.set(step, (depths.get(parent) ?? 0) + 1);
    const siblings = children.get(parent);
    if (siblings) siblings.push(step);
    else children.set(parent, [step]);
  }
  return children;
}

/** The lowest step that stands above both. */
function meet(a: Node, b: Node, parents: ReadonlyMap<Node, Node>, depths: ReadonlyMap<Node, number>): Node {
  let [left, right] = [a, b];
  while (left !== right) {
    const leftIsLower = (depths.get(left) ?? 0) >= (depths.get(right) ?? 0);
    if (leftIsLower) left = parents.get(left);
    else right = parents.get(right);
  }
  return left;
}

/** The steps with each behind those it awaits, else in the order of the source. */
function topological(steps: readonly StepView[]): readonly StepView[] {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const sorted = new Set<StepView>();
  const entered = new Set<StepView>();
  for (const step of steps) {
    const path = [{ step, next: 0 }];
    for (let top = path.at(-1); top; top = path.at(-1)) {
      entered.add(top.step);
      const id = top.step.awaits[top.next];
      const before = byId.get(id ?? "");
      top.next += 1;
      if (before && !entered.has(before)) path.push({ step: before, next: 0 });
      else if (id === undefined) {
        sorted.add(top.step);
        path.pop();
      }
    }
  }
  return [...sorted];
}
