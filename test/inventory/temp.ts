import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { Problems, RcmError } from "../../src/errors.ts";
import { loadInventory } from "../../src/inventory/load.ts";
import type { ConnectionOverrides } from "../../src/inventory/model.ts";
import type { LoadedInventory } from "../../src/inventory/resolve.ts";

/** Writes files into a directory of their own, which goes when the test ends. */
export async function writeFiles(files: Readonly<Record<string, string>>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "rcm-inventory-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), text);
  }
  return directory;
}

/** Loads one YAML text. */
export async function loadYaml(text: string, overrides: ConnectionOverrides = {}): Promise<LoadedInventory> {
  const directory = await writeFiles({ "hosts.yaml": text });
  return loadInventory([join(directory, "hosts.yaml")], { overrides });
}

/** What was wrong, one line a problem: `hosts.yaml:3:5: message`, the directory left out. */
export async function problemsOf(loading: Promise<unknown>): Promise<readonly string[]> {
  const error = await loading.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof RcmError)) throw new Error(`wanted an RcmError and got ${error}`, { cause: error });
  const problems = error instanceof Problems ? error.problems : [error];
  return problems.map((problem) => {
    const { file = "", line, column } = problem.where ?? {};
    const place = [file, line, column].filter((part) => part !== undefined).join(":");
    const hint = problem.hint ? ` [${problem.hint}]` : "";
    return withoutDirectory(`${place}: ${problem.message}${hint}`);
  });
}

/** A text without the paths of temporary directories. */
export function withoutDirectory(text: string): string {
  return text.replaceAll(/\/\S*?rcm-inventory-[^/"\s]+\/?/g, "");
}
