import { equal } from "../../evaluate/equal.ts";
import { type FlowList, type FlowValue, isList, isObject, Special } from "../../value.ts";
import { DateTime } from "./date-time.ts";

/** Values, each of which is in it once, found without a look at all of them. */
export class Distinct {
  readonly #byKey = new Map<string, FlowValue[]>();

  constructor(values: FlowList = []) {
    for (const value of values) this.add(value);
  }

  has(value: FlowValue): boolean {
    return this.#byKey.get(keyOf(value))?.some((other) => equal(other, value)) ?? false;
  }

  /** @returns whether it is new */
  add(value: FlowValue): boolean {
    if (this.has(value)) return false;
    const key = keyOf(value);
    const others = this.#byKey.get(key);
    if (others) others.push(value);
    else this.#byKey.set(key, [value]);
    return true;
  }

  /** In the order in which they were added, as far as no two have the same key. */
  values(): FlowList {
    return [...this.#byKey.values()].flat();
  }
}

/** Equal values have the same key; different ones hardly ever. */
function keyOf(value: FlowValue): string {
  if (isList(value)) return `[${value.map(keyOf).join(",")}]`;
  if (isObject(value)) {
    const keys = Object.keys(value).sort();
    return `{${keys.map((key) => `${JSON.stringify(key)}:${keyOf(value[key] ?? null)}`).join(",")}}`;
  }
  if (value instanceof DateTime)
    return `<${value.time} ${value.wall.microsecond} ${value.offset === undefined}>`;
  if (value instanceof Special)
    return `<${value.type} ${value.text() ?? value.items()?.map(keyOf).join(",")}>`;
  return JSON.stringify(value);
}
