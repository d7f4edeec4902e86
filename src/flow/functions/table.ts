import { ITEMS, LISTS } from "./collections/lists.ts";
import { OBJECTS } from "./collections/objects.ts";
import { ITERABLES } from "./collections/python.ts";
import { SETS } from "./collections/sets.ts";
import { SLICES } from "./collections/slices.ts";
import { TRUTH } from "./collections/truth.ts";
import { ATTEMPTS } from "./control/attempts.ts";
import { METHOD_CALLS } from "./control/call.ts";
import { TEMPLATES } from "./control/templates.ts";
import { DATES } from "./dates/dates.ts";
import type { TableFunction } from "./define.ts";
import { BASE64 } from "./encoding/base64.ts";
import { CSV } from "./encoding/csv.ts";
import { JSON_FUNCTIONS } from "./encoding/json.ts";
import { URLS } from "./encoding/urls.ts";
import { YAML } from "./encoding/yaml.ts";
import { FILES } from "./files/files.ts";
import { NAMES } from "./files/names.ts";
import type { FlowFunction } from "./function.ts";
import { HASH_FUNCTIONS } from "./hashing/hashes.ts";
import { IDS } from "./hashing/ids.ts";
import { CIDR } from "./network/cidr.ts";
import { ARITHMETIC } from "./numbers/arithmetic.ts";
import { DIGITS } from "./numbers/digits.ts";
import { EXTREMES } from "./numbers/extremes.ts";
import { PATTERNS } from "./patterns/patterns.ts";
import { WAITS } from "./retries/waits.ts";
import { CASE } from "./text/case.ts";
import { FORMAT } from "./text/format.ts";
import { PARTS } from "./text/parts.ts";
import { TRIM } from "./text/trim.ts";
import { CONVERT } from "./types/convert.ts";
import { PYTHON_TYPES } from "./types/python.ts";
import type { World } from "./world.ts";

const ALL: readonly TableFunction[] = [
  ...[...CASE, ...TRIM, ...PARTS, ...FORMAT, ...PATTERNS],
  ...[...ARITHMETIC, ...DIGITS, ...EXTREMES],
  ...[...LISTS, ...ITEMS, ...SLICES, ...OBJECTS, ...ITERABLES, ...TRUTH, ...SETS],
  ...[...CONVERT, ...PYTHON_TYPES],
  ...[...JSON_FUNCTIONS, ...YAML, ...BASE64, ...URLS, ...CSV, ...HASH_FUNCTIONS, ...IDS],
  ...[...DATES, ...FILES, ...NAMES, ...CIDR],
  ...[...ATTEMPTS, ...METHOD_CALLS, ...TEMPLATES, ...WAITS],
];

/** Every function that flows can call without an import, by name. */
export const table: ReadonlyMap<string, TableFunction> = new Map(
  ALL.map((one) => [one.name, one] as const).toSorted(([a], [b]) => (a < b ? -1 : 1)),
);

/**
 * The functions for a scope.
 *
 * @param world what those that are not pure see: one for a whole run, and the same when it is resumed
 */
export function functionsIn(world: World): ReadonlyMap<string, FlowFunction> {
  return new Map(Array.from(table, ([name, one]) => [name, one.bind(world)]));
}
