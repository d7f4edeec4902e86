import { neutralise } from "../util/neutralise.ts";
import type { Output } from "./options.ts";

/** Prints rows as columns: each as wide as its widest cell. What comes from users and hosts is made harmless. */
export function printTable(rows: ReadonlyArray<readonly string[]>, output: Output): void {
  const safe = rows.map((row) => row.map((cell) => neutralise(cell)));
  const widths = (safe[0] ?? []).map((_, column) =>
    Math.max(...safe.map((row) => (row[column] ?? "").length)),
  );
  for (const row of safe)
    output.write(
      `${row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd()}\n`,
    );
}

/** Prints text, harmless on a terminal. */
export function printText(text: string, output: Output): void {
  output.write(neutralise(text));
}

/** Prints a value as JSON. */
export function printJson(value: unknown, output: Output, indent = 2): void {
  output.write(`${JSON.stringify(value, null, indent)}\n`);
}
