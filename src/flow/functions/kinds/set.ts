import { type FlowList, type FlowValue, Special } from "../../value.ts";
import { Distinct } from "./distinct.ts";
import { compare } from "./order.ts";

/** Values without doubles; in their order where they have one, else as they came. */
export class FlowSet extends Special {
  readonly type = "set";
  readonly #values: Distinct;
  readonly #items: FlowList;

  constructor(values: FlowList) {
    super();
    this.#values = new Distinct(values);
    this.#items = Object.freeze(ordered(this.#values.values()));
  }

  has(value: FlowValue): boolean {
    return this.#values.has(value);
  }

  get size(): number {
    return this.#items.length;
  }

  override text(): undefined {
    return undefined;
  }

  override items(): FlowList {
    return this.#items;
  }

  override equals(other: FlowValue): boolean {
    return (
      other instanceof FlowSet && other.size === this.size && this.#items.every((value) => other.has(value))
    );
  }
}

function ordered(values: FlowList): FlowList {
  try {
    return values.toSorted(compare);
  } catch {
    return values; // of several kinds
  }
}
