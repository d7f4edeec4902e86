import { type FlowValue, isList, isObject, Special } from "../value.ts";

/** Whether two known values are equal: of the same kind, and the same in all their parts. */
export function equal(a: FlowValue, b: FlowValue): boolean {
  if (a === b) return true;
  if (a instanceof Special) return a.equals(b);
  if (b instanceof Special) return b.equals(a);
  if (isList(a)) {
    return isList(b) && a.length === b.length && a.every((item, i) => equal(item, b[i] ?? null));
  }
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && equal(a[key] ?? null, b[key] ?? null))
  );
}
