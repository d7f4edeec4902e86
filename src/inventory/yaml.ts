import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import type { Position } from "../errors.ts";
import type { Findings } from "./findings.ts";
import { describe, type Entry, type Located, located, locatedMapping } from "./located.ts";
import type { Value } from "./model.ts";
import { PYYAML } from "./scalars.ts";

/** Reads one YAML text, typed as Ansible would; undefined when it is broken, and the findings say how. */
export function readYaml(text: string, file: string, findings: Findings): Located | undefined {
  const lines = new LineCounter();
  const document = parseDocument(text, { ...PYYAML, lineCounter: lines });
  const at = (offset: number): Position => positionAt(file, lines, offset);
  // A warning tells of an unknown tag, whose value would silently become text: an error, too.
  const complaints = [...document.errors, ...document.warnings];
  for (const { code, message, pos } of complaints) findings.fail(explain(code, message), at(pos[0]));
  if (complaints.length > 0) return undefined;
  return convert(document.contents, { at, findings, anchors: new Map() }, at(0));
}

interface Reading {
  readonly at: (offset: number) => Position;
  readonly findings: Findings;
  /** What the anchors met so far stand for; a later one of the same name replaces it, as YAML says. */
  readonly anchors: Map<string, Located>;
}

function positionAt(file: string, lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  return { file, line, column: col };
}

function explain(code: string, message: string): string {
  if (code === "MULTIPLE_DOCS") return 'Broken YAML: a second document ("---"); wanted one a file';
  const tag = /^Unresolved tag: (.*)$/.exec(message)?.[1];
  if (tag === "!vault") return 'The tag "!vault" is not supported yet; wanted a value that is not encrypted';
  if (tag !== undefined) {
    return `The tag "${tag.replace("tag:yaml.org,2002:", "!!")}" is unknown, or does not fit this value`;
  }
  // Ours, from the scalar types.
  return message.startsWith("The number ") ? message : `Broken YAML: ${message}`;
}

/** @param fallback - the place of a value of which nothing is written, as in `web:` */
function convert(node: unknown, reading: Reading, fallback: Position): Located {
  if (isAlias(node)) return recall(node, reading);
  const result = convertOwn(node, reading, fallback);
  const anchor = (isMap(node) || isSeq(node) || isScalar(node)) && node.anchor;
  if (anchor) reading.anchors.set(anchor, result);
  return result;
}

function convertOwn(node: unknown, reading: Reading, fallback: Position): Located {
  if (isMap(node)) return convertMapping(node, reading);
  if (isSeq(node)) return convertSequence(node, reading);
  if (!isScalar(node)) return located(null, fallback);
  const value = scalarValue(node.value);
  return located(value, value === null ? fallback : startOf(node, reading));
}

function recall(alias: Alias, reading: Reading): Located {
  const known = reading.anchors.get(alias.source);
  if (known) return known;
  const where = startOf(alias, reading);
  reading.findings.fail(`The alias "*${alias.source}" names no anchor that stands before it`, where);
  return located(null, where);
}

function convertSequence(node: YAMLSeq, reading: Reading): Located {
  const where = startOf(node, reading);
  const items = node.items.map((item) => convert(item, reading, where).value);
  return located(Object.freeze(items), where);
}

function convertMapping(node: YAMLMap, reading: Reading): Located {
  const where = startOf(node, reading);
  const merged = new Map<string, Entry>();
  const own = new Map<string, Entry>();
  for (const pair of node.items) {
    if (isMergeKey(pair)) addMerged(merged, pair, reading, where);
    else addOwn(own, convertPair(pair, reading, where), reading.findings);
  }
  return locatedMapping(new Map([...merged, ...own]), where);
}

function isMergeKey({ key }: Pair): boolean {
  return isScalar(key) && key.type === "PLAIN" && key.value === "<<";
}

/** Adds what `<<` brings in: of several mappings the first one wins, and explicit keys win over them all. */
function addMerged(merged: Map<string, Entry>, { value }: Pair, reading: Reading, fallback: Position): void {
  for (const item of isSeq(value) ? value.items : [value]) {
    const { entries, value: found, where } = convert(item, reading, fallback);
    if (!entries) reading.findings.fail(`The merge key "<<" has ${describe(found)}; wanted a mapping`, where);
    for (const [name, entry] of entries ?? []) if (!merged.has(name)) merged.set(name, entry);
  }
}

function convertPair(pair: Pair, reading: Reading, fallback: Position): Entry {
  const key = convert(pair.key, reading, fallback);
  if (typeof key.value === "object" && key.value !== null) {
    reading.findings.fail(`A key is ${describe(key.value)}; wanted text`, key.where);
  }
  return { key: key.value, where: key.where, value: convert(pair.value, reading, key.where ?? fallback) };
}

function addOwn(own: Map<string, Entry>, entry: Entry, findings: Findings): void {
  const name = String(entry.key);
  if (own.has(name))
    findings.warn(`The key "${name}" stands here a second time; this one counts`, entry.where);
  own.set(name, entry);
}

function scalarValue(value: unknown): Value {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  return null;
}

function startOf(node: Node, reading: Reading): Position {
  return reading.at(node.range?.[0] ?? 0);
}
