import { RcmError } from "../../errors.ts";
import { didYouMean } from "../../util/nearest.ts";
import type { Reference } from "../evaluate/references.ts";
import type { Node } from "../flow.ts";
import { problemAt } from "../syntax/problem.ts";
import { positionOf } from "../syntax/source.ts";
import type { NodeDraft } from "./check-node.ts";

/** What expressions can refer to beside tasks and variables. */
const NAMES = ["var", "task", "host", "facts"];

/**
 * Looks up what nodes refer to, and orders them so that each comes behind what it needs. What is referred to and is not
 * there, and a circle, are told of; then the order means nothing.
 */
export function linkNodes(
  drafts: readonly NodeDraft[],
  variables: ReadonlySet<string>,
  problems: RcmError[],
): ReadonlyMap<string, Node> {
  const book = new Book(drafts, variables, problems);
  const nodes = drafts.map((draft): Node => ({ ...draft, needs: book.needsOf(draft) }));
  return inOrder(nodes, problems);
}

/** The addresses of a flow, to look references up in. */
class Book {
  readonly #addresses: ReadonlySet<string>;
  readonly #byType = new Map<string, string[]>();
  readonly #variables: ReadonlySet<string>;
  readonly #problems: RcmError[];

  constructor(drafts: readonly NodeDraft[], variables: ReadonlySet<string>, problems: RcmError[]) {
    const tasks = drafts.filter(({ address }) => address.startsWith("task."));
    this.#addresses = new Set(tasks.map(({ address }) => address));
    for (const { address, type } of tasks) {
      const same = this.#byType.get(type.name);
      if (same) same.push(address);
      else this.#byType.set(type.name, [address]);
    }
    this.#variables = variables;
    this.#problems = problems;
  }

  needsOf({ address, references }: NodeDraft): readonly string[] {
    return [...new Set(references.flatMap((reference) => this.#targets(reference, address)))];
  }

  #targets(reference: Reference, self: string): readonly string[] {
    const [root = "", first, second] = reference.path;
    if (!NAMES.includes(root)) {
      this.#tell(reference, `Nothing is named "${root}" here${didYouMean(root, NAMES)}`);
      return [];
    }
    if (root === "var" && first !== undefined && !this.#variables.has(first)) {
      const known = didYouMean(first, this.#variables);
      this.#tell(reference, `There is no variable "${first}"${known}`, `variable "${first}" { … } makes one`);
    }
    if (root !== "task") return [];
    if (first === undefined) return [...this.#addresses].filter((one) => one !== self);
    return second === undefined
      ? this.#ofType(reference, first, self)
      : this.#one(reference, `task.${first}.${second}`);
  }

  #ofType(reference: Reference, type: string, self: string): readonly string[] {
    const found = this.#byType.get(type);
    if (!found)
      this.#tell(reference, `There is no task of the type "${type}"${didYouMean(type, this.#byType.keys())}`);
    return found?.filter((one) => one !== self) ?? [];
  }

  #one(reference: Reference, address: string): readonly string[] {
    if (this.#addresses.has(address)) return [address];
    this.#tell(reference, `There is no task "${address}"${didYouMean(address, this.#addresses)}`);
    return [];
  }

  #tell({ span }: Reference, message: string, hint?: string): void {
    this.#problems.push(problemAt(span, message, hint));
  }
}

/** Depth first and without recursion: a chain may be thousands of tasks long. */
function inOrder(nodes: readonly Node[], problems: RcmError[]): ReadonlyMap<string, Node> {
  const byAddress = new Map(nodes.map((node) => [node.address, node]));
  const placed = new Map<string, Node>();
  const onPath = new Set<string>();
  for (const start of nodes) {
    const path: { readonly node: Node; next: number }[] = [];
    const enter = (node: Node): void => {
      path.push({ node, next: 0 });
      onPath.add(node.address);
    };
    if (!placed.has(start.address)) enter(start);
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const need = top.node.needs[top.next++];
      if (need === undefined) {
        placed.set(top.node.address, top.node);
        onPath.delete(top.node.address);
        path.pop();
      } else if (onPath.has(need)) {
        problems.push(
          circle(
            path.map(({ node }) => node),
            need,
          ),
        );
      } else if (!placed.has(need)) {
        const next = byAddress.get(need);
        if (next) enter(next);
      }
    }
  }
  return placed;
}

function circle(path: readonly Node[], again: string): RcmError {
  const from = path.slice(path.findIndex(({ address }) => address === again));
  const names = [...from.map(({ address }) => address), again].map((name) => `"${name}"`);
  const [first] = from;
  const message =
    from.length === 1
      ? `The task ${names[0]} refers to itself`
      : `Tasks wait for each other: ${names.join(" needs ")}`;
  return new RcmError(message, { code: "flow", where: first && positionOf(first.span) });
}
