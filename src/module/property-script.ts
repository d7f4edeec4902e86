import { createHash } from "node:crypto";
import { CHANGED, HELD } from "../shell/bootstrap.ts";
import type { LocalFile } from "../shell/file.ts";
import { quote, type Script } from "../shell/script.ts";
import type { Property } from "./property.ts";

/** Exit status by which a script says: what I was to change is not what you saw. */
export const STALE = 75;
/** Values longer than this are compared by hash, so that they need not travel. */
const MAX_INLINE = 2048;

/** A property with everything about it that is known at this point. */
export interface Known {
  readonly name: string;
  readonly property: Property;
  /** Undefined while it must still be computed from the present state. */
  readonly want: string | undefined;
  readonly apply: Script | undefined;
  /** What a computed change was computed from: it is applied to nothing else. */
  readonly seen: string | undefined;
}

/** The shell text for one property: probe, compare, and unless something before it is on hold, apply and probe again. */
export function propertyScript(
  { name, property, want, apply, seen }: Known,
  i: number,
  isThere: (file: LocalFile) => boolean,
): string {
  // A probe may say no by its exit status, so it runs without -e; some shells have switched that off here, some not.
  const look = (variable: string, { text }: Script): string =>
    property.exact
      ? `${variable}=$(set +e; rcm_exact ${quote(text)}) || exit $?; ${variable}=\${${variable}%x}`
      : `${variable}=$(set +e; eval ${quote(text)}) || rcm_said $?`;
  const { probe, recheck = probe } = property;
  const head = [
    `# ${name.replaceAll(/[^\w .-]/g, "_")}`,
    look("rcm_was", probe),
    `rcm_record ${i} was "$rcm_was"`,
  ];
  if (want === undefined || (typeof property.want === "function" && seen === undefined))
    return unlessHolds(i, property, [...head, "rcm_hold=1"]);
  const wanted = comparable(want, property);
  const ready = apply?.files.every(isThere) ?? false;
  return [
    ...head,
    ...(seen === undefined ? [] : [`if ! ${equals("rcm_was", seen)}; then exit ${STALE}; fi`]),
    `if ! ${equals("rcm_was", wanted)}; then`,
    ...(property.text ? [`rcm_mark "r ${i} text"; ( ${property.text.was.text}\n); rcm_mark o`] : []),
    ...(apply && ready
      ? [
          `if [ $rcm_hold = 0 ]; then rcm_changing; rcm_record ${i} applying ''`,
          `set +e; ( set -e; eval ${quote(apply.text)} ); rcm_a=$?; set -e`,
          // What a module's own programs end with must not be taken for one of our words.
          `case $rcm_a in 0) ;; ${STALE} | ${HELD} | ${CHANGED}) exit 1 ;; *) exit $rcm_a ;; esac`,
          look("rcm_now", recheck),
          `rcm_record ${i} now "$rcm_now"; ${equals("rcm_now", wanted)} || exit 1; rcm_did=1`,
          "fi",
        ]
      : ["rcm_hold=1"]),
    "fi",
    ...(property.tell ? [`if [ $rcm_hold = 0 ]; then ( ${property.tell.text}\n); fi`] : []),
  ].join("\n");
}

function unlessHolds(i: number, { holds }: Property, lines: readonly string[]): string {
  const text = lines.join("\n");
  if (holds === undefined) return text;
  return `if eval ${quote(holds.text)} >/dev/null 2>&1; then rcm_record ${i} holds ''; else\n${text}\nfi`;
}

function equals(variable: string, value: string): string {
  if (value.length <= MAX_INLINE) return `[ "x$${variable}" = ${quote(`x${value}`)} ]`;
  const hash = createHash("sha256").update(value).digest("hex");
  return `[ "$(rcm_put "$${variable}" | sha256sum | cut -c1-64)" = ${hash} ]`;
}

/** What `$(…)` would make of it. */
export function comparable(want: string, { exact }: Property): string {
  return exact ? want : want.replace(/\n+$/, "");
}
