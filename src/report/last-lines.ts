import type { Result } from "../module/result.ts";
import { neutralise } from "../util/neutralise.ts";
import type { OutputLine } from "./output-lines.ts";

const LONGEST = 400;

/** The last lines a step printed, neutralised: what tells why it failed. */
export function lastLines({ output, stderr }: Result, count = 10): readonly OutputLine[] {
  const stdout = typeof output === "string" ? output : "";
  return [
    ...endOf(stdout, count).map((text) => ({ stream: "stdout" as const, text })),
    ...endOf(stderr, count).map((text) => ({ stream: "stderr" as const, text })),
  ];
}

function endOf(text: string, count: number): readonly string[] {
  const lines = neutralise(text).trimEnd().split("\n").slice(-count);
  const shown = lines.map((line) => (line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line));
  return shown.length === 1 && shown[0] === "" ? [] : shown;
}
