import { type FlowList, type FlowValue, Special } from "../../value.ts";

/** Which items Python's `[start:stop:step]` takes; undefined for what was left out. */
export class Slice extends Special {
  readonly type = "slice";
  readonly start: number | undefined;
  readonly stop: number | undefined;
  readonly step: number;

  constructor(start: number | undefined, stop: number | undefined, step = 1) {
    super();
    if (step === 0) throw new Error("the step is 0; expected another number");
    this.start = start;
    this.stop = stop;
    this.step = step;
  }

  /** These items of a list; negative places count from its end. */
  of(list: FlowList): FlowList {
    const { length } = list;
    const [low, high] = this.step > 0 ? [0, length] : [-1, length - 1];
    const place = (at: number): number => Math.min(high, Math.max(low, at < 0 ? at + length : at));
    const start = this.start === undefined ? (this.step > 0 ? low : high) : place(this.start);
    const stop = this.stop === undefined ? (this.step > 0 ? high : low) : place(this.stop);
    const picked: FlowValue[] = [];
    for (let i = start; this.step > 0 ? i < stop : i > stop; i += this.step) picked.push(list[i] ?? null);
    return picked;
  }

  override text(): undefined {
    return undefined;
  }

  override attribute(name: string): FlowValue | undefined {
    if (name !== "start" && name !== "stop" && name !== "step") return undefined;
    return this[name] ?? null;
  }

  override equals(other: FlowValue): boolean {
    return (
      other instanceof Slice &&
      other.start === this.start &&
      other.stop === this.stop &&
      other.step === this.step
    );
  }
}
