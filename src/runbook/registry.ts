import type { Runbook } from "./spec.ts";

/** Every runbook that was written, by name and by its place in the source: loading a file again replaces its own. */
const written = new Map<string, Map<string, Runbook>>();

/** Makes a runbook known by its name. */
export function register(runbook: Runbook): void {
  const alike = written.get(runbook.name) ?? new Map<string, Runbook>();
  alike.set(placeOf(runbook), runbook);
  written.set(runbook.name, alike);
}

/** The runbooks of this name: one, none, or several that cannot be told apart by it. */
export function runbooksNamed(name: string): readonly Runbook[] {
  return [...(written.get(name)?.values() ?? [])];
}

/** The names of all runbooks. */
export function runbookNames(): readonly string[] {
  return [...written.keys()];
}

/** Where a runbook is written, for people. */
export function placeOf({ where }: Runbook): string {
  return where ? `${where.file}:${where.line}` : "an unknown place";
}
