/** A node of a graph, and what it must come after. */
export interface Node {
  readonly id: string;
  readonly needs: readonly string[];
}

/**
 * The first cycle that is found, as the ids along it, the first one again at the end; undefined when there is none.
 */
export function findCycle(nodes: readonly Node[]): readonly string[] | undefined {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const done = new Set<string>();
  for (const { id } of nodes) {
    const cycle = cycleFrom(id, byId, done);
    if (cycle) return cycle;
  }
  return undefined;
}

/** Depth first, without recursion: a chain may be thousands of steps long. */
function cycleFrom(
  start: string,
  byId: ReadonlyMap<string, Node>,
  done: Set<string>,
): readonly string[] | undefined {
  const path: Array<{ readonly id: string; next: number }> = [];
  const onPath = new Set<string>();
  const enter = (id: string): void => {
    path.push({ id, next: 0 });
    onPath.add(id);
  };
  if (!done.has(start)) enter(start);
  for (let top = path.at(-1); top; top = path.at(-1)) {
    const need = byId.get(top.id)?.needs[top.next];
    top.next += 1;
    if (need === undefined) {
      done.add(top.id);
      onPath.delete(top.id);
      path.pop();
    } else if (onPath.has(need)) {
      const ids = path.map(({ id }) => id);
      return [...ids.slice(ids.indexOf(need)), need];
    } else if (!done.has(need) && byId.has(need)) {
      enter(need);
    }
  }
  return undefined;
}

/** True when `target` must have ended before `id` begins. */
export function comesBefore(byId: ReadonlyMap<string, Node>, target: string, id: string): boolean {
  const seen = new Set<string>();
  const open = [...(byId.get(id)?.needs ?? [])];
  for (let need = open.pop(); need !== undefined; need = open.pop()) {
    if (need === target) return true;
    if (seen.has(need)) continue;
    seen.add(need);
    open.push(...(byId.get(need)?.needs ?? []));
  }
  return false;
}

/** The ids so that each comes after what it needs; as near to the given order as that allows. */
export function ordered(nodes: readonly Node[]): readonly string[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const placed = new Set<string>();
  for (const { id } of nodes) place(id, byId, placed);
  return [...placed];
}

/** Each need is looked at once, also where a step brings thousands together. */
function place(start: string, byId: ReadonlyMap<string, Node>, placed: Set<string>): void {
  const path: Array<{ readonly id: string; next: number }> = [{ id: start, next: 0 }];
  for (let top = path.at(-1); top; top = path.at(-1)) {
    const need = byId.get(top.id)?.needs[top.next];
    top.next += 1;
    if (need === undefined) {
      placed.add(top.id);
      path.pop();
    } else if (!placed.has(need) && byId.has(need)) path.push({ id: need, next: 0 });
  }
}
