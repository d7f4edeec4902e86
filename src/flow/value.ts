/**
 * What an expression comes to. A number is a double; integers that a double cannot hold are refused where they would
 * arise. Objects have no prototype, so that any text may be a key.
 */
export type FlowValue = null | boolean | number | string | FlowList | FlowObject | Special | Unknown;

/** A list; also what a tuple is. */
export type FlowList = readonly FlowValue[];

/** An object or map. */
export interface FlowObject {
  readonly [key: string]: FlowValue;
}

/** A value that is not known until the steps that it depends on have run. */
export class Unknown {
  /** What it depends on, such as `task.bash_run.build`, each once. */
  readonly references: readonly string[];

  constructor(references: Iterable<string>) {
    this.references = [...new Set(references)];
  }
}

/** A value with behaviour of its own, made by functions: a date, a set, bytes, a rule for waiting. */
export abstract class Special {
  /** What it is, for messages: `datetime`. */
  abstract readonly type: string;
  /** As text in a template; undefined when it has none. */
  abstract text(): string | undefined;
  /** What `for`, splats and functions over lists see; undefined when it is no collection. */
  items(): FlowList | undefined {
    return undefined;
  }
  /** What `.name` gives; undefined when there is no such attribute. */
  attribute(_name: string): FlowValue | undefined {
    return undefined;
  }
  /** What `+` makes of it and another value; undefined when it cannot be added to. */
  plus(_other: FlowValue): FlowValue | undefined {
    return undefined;
  }
  /** Whether it is equal to another value. */
  abstract equals(other: FlowValue): boolean;
}

/** Whether a value is a list. */
export function isList(value: FlowValue): value is FlowList {
  return Array.isArray(value);
}

/** Whether a value is an object or map. */
export function isObject(value: FlowValue): value is FlowObject {
  return typeof value === "object" && value !== null && !isList(value) && !isOwnKind(value);
}

function isOwnKind(value: object): boolean {
  return value instanceof Unknown || value instanceof Special;
}

/** Makes a frozen object of entries; a later one of the same key wins. */
export function objectOf(entries: Iterable<readonly [string, FlowValue]>): FlowObject {
  const made: Record<string, FlowValue> = Object.create(null);
  for (const [key, value] of entries) made[key] = value;
  return Object.freeze(made);
}

/** An unknown that depends on all that the unknowns in some values depend on; undefined when all is known. */
export function unknownIn(...values: readonly FlowValue[]): Unknown | undefined {
  const references = new Set<string>();
  let found = false;
  const visit = (value: FlowValue): void => {
    if (value instanceof Unknown) {
      found = true;
      for (const reference of value.references) references.add(reference);
    } else if (isList(value)) value.forEach(visit);
    else if (isObject(value)) Object.values(value).forEach(visit);
  };
  values.forEach(visit);
  return found ? new Unknown(references) : undefined;
}

/** What kind of value it is, for messages: `a list`. */
export function kindOf(value: FlowValue): string {
  if (value === null) return "null";
  if (value instanceof Unknown) return "a value known after apply";
  if (value instanceof Special) return `a ${value.type}`;
  if (isList(value)) return "a list";
  const kinds = { boolean: "a bool", number: "a number", string: "a string", object: "an object" };
  return kinds[typeof value as keyof typeof kinds];
}
