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

/**
 * The shell text for one property: probe, compare, and unless something before it is on hold, apply and probe again. The
 * session's own shell runs it; what the module wrote runs in subshells.
 */
export function propertyScript(
  { name, property, want, apply, seen }: Known,
  i: number,
  isThere: (file: LocalFile) => boolean,
): string {
  const { probe, recheck = probe } = property;
  const look = (variable: string, script: Script): string => lookScript(variable, script, property);
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
    ...(seen === undefined ? [] : [`if ! ${equals("rcm_was", seen)}; then return ${STALE}; fi`]),
    `if ! ${equals("rcm_was", wanted)}; then`,
    ...(property.text ? [`rcm_mark "r ${i} text"; ${run(property.text.was)}; rcm_mark o`, MUST_BE_WELL] : []),
    ...(apply && ready
      ? [
          `if [ $rcm_hold = 0 ]; then rcm_changing; rcm_record ${i} applying ''`,
          run(apply),
          // What a module's own programs end with must not be taken for one of our words.
          `case $rcm_a in 0) ;; ${STALE} | ${HELD} | ${CHANGED}) return 1 ;; *) return $rcm_a ;; esac`,
          look("rcm_now", recheck),
          `rcm_record ${i} now "$rcm_now"; ${equals("rcm_now", wanted)} || return 1; rcm_did=1`,
          "fi",
        ]
      : ["rcm_hold=1"]),
    "fi",
    ...(property.tell ? [`if [ $rcm_hold = 0 ]; then ${run(property.tell)}; ${MUST_BE_WELL}; fi`] : []),
  ].join("\n");
}

/** A script of the module: whatever it does to its shell, the session's goes on. */
function run({ text }: Script): string {
  return `rcm_flush; ( set -e; eval ${quote(text)} ); rcm_a=$?`;
}

const MUST_BE_WELL = "[ $rcm_a = 0 ] || return $rcm_a";

/** A probe may say no by its exit status; a command that is not there is an error. */
function lookScript(variable: string, { text }: Script, { exact }: Property): string {
  const well = "[ $rcm_a -lt 126 ] || return $rcm_a";
  return exact
    ? `${variable}=$(rcm_exact ${quote(text)}); rcm_a=$?; ${well}; ${variable}=\${${variable}%x}`
    : `${variable}=$(eval ${quote(text)}); rcm_a=$?; ${well}`;
}

function unlessHolds(i: number, { holds }: Property, lines: readonly string[]): string {
  const text = lines.join("\n");
  if (holds === undefined) return text;
  const test = holds.isInline ? holds.text : `( eval ${quote(holds.text)} )`;
  return `if { ${test}\n} >/dev/null 2>&1; then rcm_record ${i} holds ''; else\n${text}\nfi`;
}

function equals(variable: string, value: string): string {
  if (value.length <= MAX_INLINE) return `[ "x$${variable}" = ${quote(`x${value}`)} ]`;
  const hash = createHash("sha256").update(value).digest("hex");
  const same = `[ "$(rcm_put "$${variable}" | sha256sum | cut -c1-64)" = ${hash} ]`;
  // Shells do not agree on the length of other texts. Where it differs, no program has to be started.
  return isAscii(value) ? `{ [ \${#${variable}} = ${value.length} ] && ${same}; }` : same;
}

function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length;
}

/** What `$(…)` would make of it. */
export function comparable(want: string, { exact }: Property): string {
  return exact ? want : want.replace(/\n+$/, "");
}
