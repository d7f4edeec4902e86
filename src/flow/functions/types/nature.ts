import { type FlowValue, isList, isObject, Special, Unknown } from "../../value.ts";

/** Whether Python takes a value for true. */
export function isTrue(value: FlowValue): boolean {
  if (isList(value)) return value.length > 0;
  if (isObject(value)) return Object.keys(value).length > 0;
  if (value instanceof Special) return value.items()?.length !== 0;
  return Boolean(value);
}

/** The name of a value's type in Python. */
export function typeName(value: FlowValue): string {
  if (value === null) return "NoneType";
  if (isList(value)) return "list";
  if (value instanceof Special || value instanceof Unknown)
    return value instanceof Special ? value.type : "unknown";
  if (typeof value === "number") return Number.isInteger(value) ? "int" : "float";
  return { boolean: "bool", string: "str", object: "dict" }[typeof value as "boolean" | "string" | "object"];
}
