import type { Expression } from "../syntax/ast.ts";
import { problemAt } from "../syntax/problem.ts";
import type { Span } from "../syntax/source.ts";
import type { FlowValue } from "../value.ts";
import { LARGEST_COLLECTION, MOST_STEPS } from "./limits.ts";
import type { Scope } from "./scope.ts";

type WorkOut = (run: Evaluation, expression: Expression, scope: Scope) => FlowValue;

/** One working out of an expression: counts its steps, so that no expression takes for ever. */
export class Evaluation {
  /** What stands for the item in the splat that is being worked out. */
  item: FlowValue = null;
  readonly #workOut: WorkOut;
  readonly #turns = new Map<Span, number>();
  #steps = 0;
  #inside = false;

  /** @param workOut given from outside, since the kinds of expressions refer to each other in a circle */
  constructor(workOut: WorkOut) {
    this.#workOut = workOut;
  }

  value(expression: Expression, scope: Scope): FlowValue {
    if (++this.#steps > MOST_STEPS) {
      throw problemAt(expression, `This takes too long to work out; at most ${MOST_STEPS} steps are allowed`);
    }
    return this.#workOut(this, expression, scope);
  }

  /** Works out something with an item of a splat. */
  withItem<T>(item: FlowValue, work: () => T): T {
    const before = this.item;
    this.item = item;
    try {
      return work();
    } finally {
      this.item = before;
    }
  }

  /** How often this was asked of a piece before. */
  turnOf(span: Span): number {
    const turn = this.#turns.get(span) ?? 0;
    this.#turns.set(span, turn + 1);
    return turn;
  }

  /** Works out a template that an expression calls for; refused within another one, which could go on without an end. */
  inside<T>(span: Span, work: () => T): T {
    if (this.#inside) throw problemAt(span, "A template cannot call for another template");
    this.#inside = true;
    try {
      return work();
    } finally {
      this.#inside = false;
    }
  }

  /** Refuses a collection that grew too large. */
  checkSize(size: number, span: Span): void {
    if (size > LARGEST_COLLECTION) {
      throw problemAt(span, `This makes more than ${LARGEST_COLLECTION} items, which is not allowed`);
    }
  }
}
