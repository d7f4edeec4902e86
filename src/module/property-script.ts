import { createHash } from "node:crypto";
import { STALE } from "../shell/converging.ts";
import type { LocalFile } from "../shell/file.ts";
import { quote, type Script } from "../shell/script.ts";
import type { Property } from "./property.ts";

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

const GO = "rcm_go || return";

/**
 * The shell text for one property: probe, compare, and unless something before it is on hold, apply and probe again. What
 * it is made of: see {@link CONVERGING}.
 */
export function propertyScript(
  { property, want, apply, seen }: Known,
  i: number,
  isThere: (file: LocalFile) => boolean,
): string {
  const { probe, recheck, text, tell } = property;
  const see = [`rcm_see ${i} ${quote(probe.text)} ${how(property)}`, GO];
  if (want === undefined || (typeof property.want === "function" && seen === undefined))
    return unlessHolds(i, property, [...see, "rcm_hold=1"]);
  const isReady = apply?.files.every(isThere) ?? false;
  const bring = (by: Script): string[] => [
    `rcm_bring ${i} ${quote(by.text)}${recheck ? ` ${quote(recheck.text)}` : ""}`,
    GO,
  ];
  return [
    ...see,
    ...(seen === undefined ? [] : [`${wants(seen)} || return ${STALE}`]),
    `if ! ${wants(comparable(want, property))}; then`,
    ...(text ? [`rcm_text ${i} ${quote(text.was.text)}`, GO] : []),
    ...(apply && isReady ? bring(apply) : ["rcm_hold=1"]),
    "fi",
    ...(tell ? [`rcm_tell ${quote(tell.text)}`, GO] : []),
  ].join("\n");
}

function how({ probe, exact }: Property): string {
  const [look] = probe.looks;
  return exact ? "exact" : look && probe.isInline ? "look" : "";
}

function unlessHolds(i: number, { holds }: Property, lines: readonly string[]): string {
  const text = lines.join("\n");
  if (holds === undefined) return text;
  const where = holds.isInline ? "rcm_holds_here" : "rcm_holds";
  return `if ! ${where} ${i} ${quote(holds.text)}; then\n${text}\nfi`;
}

function wants(value: string): string {
  if (value.length <= MAX_INLINE) return `rcm_want ${quote(value)}`;
  // Shells do not agree on the length of other texts.
  const length = isAscii(value) ? value.length : "''";
  return `rcm_want_sum ${length} ${createHash("sha256").update(value).digest("hex")}`;
}

function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length;
}

/** What `$(…)` would make of it. */
export function comparable(want: string, { exact }: Property): string {
  return exact ? want : want.replace(/\n+$/, "");
}
