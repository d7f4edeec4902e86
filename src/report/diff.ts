import { structuredPatch } from "diff";
import type { Change } from "../module/result.ts";
import { neutralise, neutraliseLine } from "../util/neutralise.ts";
import type { Style } from "./colour.ts";
import type { Cell } from "./row.ts";

/** The lines that show a change: a unified diff of texts, else `mode: 0644 → 0600`. */
export function changeLines(change: Change, timeout = 300): readonly (readonly Cell[])[] {
  if (!change.text) return [valueLine(change)];
  return [[["plain", `${neutraliseLine(change.property)}:`]], ...textLines(change, timeout)];
}

function valueLine({ property, was, want }: Change): readonly Cell[] {
  const name = neutraliseLine(property);
  return [
    ["plain", `${name}: `],
    ["removed", shown(was)],
    ["plain", " → "],
    ["added", shown(want)],
  ];
}

/** An empty value needs quotes to be seen. */
function shown(value: string): string {
  const text = neutraliseLine(value);
  return text === "" || text !== text.trim() ? JSON.stringify(text) : text;
}

function textLines({ was, want }: Change, timeout: number): readonly (readonly Cell[])[] {
  if (isBinary(was) || isBinary(want)) return [[["dim", `binary content differs, ${sizes(was, want)}`]]];
  const tooBig = Math.max(was.length, want.length) > LARGEST;
  const patch = tooBig ? undefined : patchOf(was, want, timeout);
  if (!patch) return [[["dim", `content differs, ${sizes(was, want)}`]]];
  return patch.hunks.flatMap((hunk) => [hunkHead(hunk), ...hunk.lines.map(diffLine)]);
}

/** What Ansible shows no diffs beyond, too. */
const LARGEST = 104_448;

/** The package takes 25 s for 10,000 differing lines: it gets a limit, and returns undefined at it. */
function patchOf(was: string, want: string, timeout: number) {
  return structuredPatch("was", "want", was, want, undefined, undefined, {
    context: 3,
    timeout,
    maxEditLength: 5000,
  });
}

interface Hunk {
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  readonly newLines: number;
}

function hunkHead({ oldStart, oldLines, newStart, newLines }: Hunk): readonly Cell[] {
  return [["hunk", `@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`]];
}

/** A carriage return at the end of a line is shown: it may be all that differs. */
function diffLine(line: string): readonly Cell[] {
  return [[STYLES[line[0] ?? ""] ?? "plain", neutralise(line)]];
}

const STYLES: Readonly<Record<string, Style>> = { "+": "added", "-": "removed", "\\": "dim" };

function sizes(was: string, want: string): string {
  return `${Buffer.byteLength(was)} → ${Buffer.byteLength(want)} bytes`;
}

function isBinary(text: string): boolean {
  return text.includes("\0");
}
