import { type FlowValue, Special } from "../../value.ts";

/** How long to wait before the next attempt, for `_retry.wait`; times are in seconds. */
export type Wait =
  | { readonly kind: "fixed"; readonly seconds: number }
  | { readonly kind: "random"; readonly min: number; readonly max: number }
  /** `multiplier · base^(n-1)` after the n-th attempt, not less than `min` and not more than `max`. */
  | {
      readonly kind: "exponential" | "random-exponential";
      readonly multiplier: number;
      readonly min: number;
      readonly max: number;
      readonly base: number;
    }
  /** The n-th of these after the n-th attempt, and then the last one on. */
  | { readonly kind: "chain"; readonly waits: readonly Wait[] }
  /** All of them together. */
  | { readonly kind: "sum"; readonly waits: readonly Wait[] };

/** A rule for waiting as a value of the flow language. */
export class WaitRule extends Special {
  readonly type = "rule for waiting";
  readonly wait: Wait;

  constructor(wait: Wait) {
    super();
    this.wait = wait;
  }

  /** Both waits, one after the other. */
  override plus(other: FlowValue): WaitRule | undefined {
    if (!(other instanceof WaitRule)) return undefined;
    return new WaitRule({ kind: "sum", waits: [this.wait, other.wait] });
  }

  override text(): undefined {
    return undefined;
  }

  override equals(other: FlowValue): boolean {
    return other instanceof WaitRule && JSON.stringify(other.wait) === JSON.stringify(this.wait);
  }
}
