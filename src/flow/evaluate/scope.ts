import type { FlowFunction } from "../functions/function.ts";
import type { FlowValue } from "../value.ts";

/** The names and functions that an expression can use. Frozen; a loop makes a scope of its own on top. */
export class Scope {
  readonly functions: ReadonlyMap<string, FlowFunction>;
  readonly #values: ReadonlyMap<string, FlowValue>;
  readonly #outer: Scope | undefined;

  /** @param values what stands behind each name, such as `var` and `task` */
  constructor(
    values: ReadonlyMap<string, FlowValue>,
    functions: ReadonlyMap<string, FlowFunction>,
    outer?: Scope,
  ) {
    this.#values = values;
    this.functions = functions;
    this.#outer = outer;
  }

  /** The value of a name; undefined when there is none of it. */
  lookup(name: string): FlowValue | undefined {
    return this.#values.has(name) ? this.#values.get(name) : this.#outer?.lookup(name);
  }

  /** All names, for suggestions. */
  names(): readonly string[] {
    return [...this.#values.keys(), ...(this.#outer?.names() ?? [])];
  }

  /** A scope with some more names, which hide those of the same name here. */
  with(values: Iterable<readonly [string, FlowValue]>): Scope {
    return new Scope(new Map(values), this.functions, this);
  }
}
