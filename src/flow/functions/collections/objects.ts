import { type FlowList, type FlowObject, type FlowValue, isObject, objectOf } from "../../value.ts";
import { define } from "../define.ts";
import { compareText } from "../kinds/order.ts";
import { any, list, listOf, object, optional, param, rest, text } from "../params.ts";

/** Functions about objects. */
export const OBJECTS = [
  define({
    name: "keys",
    category: "Collections",
    params: [object("object")],
    summary: "The keys of an object, in their order.",
    examples: [["keys({b = 1, a = 2})", '["a", "b"]']],
    call: ([object]) => sortedKeys(object),
  }),
  define({
    name: "lookup",
    category: "Collections",
    params: [object("object"), text("key"), optional(any("default"))],
    summary: "The value of a key of an object, or a default.",
    examples: [
      ['lookup({a = "ay", b = "bee"}, "a", "what?")', '"ay"'],
      ['lookup({a = "ay", b = "bee"}, "c", "what?")', '"what?"'],
    ],
    call: ([object, key, fallback]) => {
      const value = Object.hasOwn(object, key) ? object[key] : fallback;
      if (value !== undefined) return value;
      throw new Error(`the object has no key ${JSON.stringify(key)}, and there is no default`);
    },
  }),
  define({
    name: "merge",
    category: "Collections",
    params: [rest(objectOrNull("objects"))],
    summary: "One object of several ones; of equal keys the last one counts. Null counts as an empty object.",
    examples: [
      ['merge({a = "b", c = "d"}, {e = "f", c = "z"})', '{a = "b", c = "z", e = "f"}'],
      ["merge([{a = 1}, {b = 2}]...)", "{a = 1, b = 2}"],
    ],
    call: ([objects]) => objectOf(objects.flatMap((one) => Object.entries(one))),
  }),
  define({
    name: "transpose",
    category: "Collections",
    params: [object("object")],
    summary:
      "Of an object of lists of texts, the object that has these texts for keys and lists of the old keys.",
    examples: [
      ['transpose({a = ["1", "2"], b = ["2", "3"]})', '{"1" = ["a"], "2" = ["a", "b"], "3" = ["b"]}'],
    ],
    call: ([object]) => transposed(object),
  }),
  define({
    name: "values",
    category: "Collections",
    params: [object("object")],
    summary: "The values of an object, in the order of its keys.",
    examples: [["values({b = 1, a = 2})", "[2, 1]"]],
    call: ([object]) => sortedKeys(object).map((key) => object[key] ?? null),
  }),
  define({
    name: "zipmap",
    category: "Collections",
    params: [listOf(text("keys")), list("values")],
    summary: "The object of a list of keys and a list of their values.",
    examples: [['zipmap(["a", "b"], [1, 2])', "{a = 1, b = 2}"]],
    call: ([keys, values]) => {
      if (keys.length !== values.length) {
        throw new Error(`there are ${keys.length} keys and ${values.length} values; expected equally many`);
      }
      return objectOf(keys.map((key, i) => [key, values[i] ?? null] as const));
    },
  }),
];

function objectOrNull(name: string) {
  return param(name, "an object or null", (value: FlowValue) =>
    value === null ? objectOf([]) : isObject(value) ? value : undefined,
  );
}

function sortedKeys(object: FlowObject): readonly string[] {
  return Object.keys(object).toSorted(compareText);
}

function transposed(object: FlowObject): FlowObject {
  const made = new Map<string, FlowValue[]>();
  for (const key of sortedKeys(object)) {
    for (const name of textsOf(key, object[key] ?? null)) made.set(name, [...(made.get(name) ?? []), key]);
  }
  return objectOf([...made].toSorted(([a], [b]) => compareText(a, b)) as (readonly [string, FlowList])[]);
}

function textsOf(key: string, value: FlowValue): readonly string[] {
  try {
    return listOf(text("object")).read(value);
  } catch (error) {
    throw new Error(`the value of ${JSON.stringify(key)} ${(error as Error).message}`);
  }
}
