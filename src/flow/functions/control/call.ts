import {
  type FlowList,
  type FlowObject,
  type FlowValue,
  isList,
  isObject,
  kindOf,
  objectOf,
} from "../../value.ts";
import { define } from "../define.ts";
import { Bytes } from "../kinds/bytes.ts";
import { DateTime } from "../kinds/date-time.ts";
import { FlowSet } from "../kinds/set.ts";
import { callMethod } from "../methods/method.ts";
import {
  BYTES_METHODS,
  DATE_METHODS,
  LIST_METHODS,
  NUMBER_METHODS,
  OBJECT_METHODS,
  SET_METHODS,
} from "../methods/other-methods.ts";
import { TEXT_METHODS } from "../methods/text-methods.ts";
import { any, list, object, optional, text } from "../params.ts";

const KINDS = [
  ["text", TEXT_METHODS],
  ["a list", LIST_METHODS],
  ["an object", OBJECT_METHODS],
  ["a set", SET_METHODS],
  ["bytes", BYTES_METHODS],
  ["a datetime", DATE_METHODS],
  ["a number", NUMBER_METHODS],
] as const;

const LISTED = KINDS.map(([kind, methods]) => `${kind}: \`${Object.keys(methods).sort().join(" ")}\``).join(
  "; ",
);

/** Python's methods. */
export const METHOD_CALLS = [
  define({
    name: "call",
    category: "Control",
    params: [any("object"), text("method"), optional(list("args")), optional(object("kwargs"))],
    summary: "What a method of a Python object gives, with a list and an object of arguments for it.",
    details: `The methods that change nothing: of ${LISTED}. \`json\` is for the response of an HTTP request.`,
    examples: [
      ['call("xyz", "upper")', '"XYZ"'],
      ['call("xyz.abc", "replace", ["abc", "ABC"], {})', '"xyz.ABC"'],
      ['call(datetime(2021, 7, 4), "strftime", ["%Y"])', '"2021"'],
      ['call({text = "[1]"}, "json")', "[1]"],
      ['call(["a", "b", "c"], "__getitem__", [-1])', '"c"'],
    ],
    call: ([object, method, args = [], kwargs = objectOf([])]) => dispatch(object, method, args, kwargs),
  }),
];

function dispatch(self: FlowValue, name: string, args: FlowList, named: FlowObject): FlowValue {
  if (typeof self === "string") return callMethod(TEXT_METHODS, "text", self, name, args, named);
  if (typeof self === "number") return callMethod(NUMBER_METHODS, "a number", self, name, args, named);
  if (isList(self)) return callMethod(LIST_METHODS, "a list", self, name, args, named);
  if (isObject(self)) return callMethod(OBJECT_METHODS, "an object", self, name, args, named);
  if (self instanceof FlowSet) return callMethod(SET_METHODS, "a set", self, name, args, named);
  if (self instanceof Bytes) return callMethod(BYTES_METHODS, "bytes", self, name, args, named);
  if (self instanceof DateTime) return callMethod(DATE_METHODS, "a datetime", self, name, args, named);
  throw new Error(`${kindOf(self)} has no methods`);
}
