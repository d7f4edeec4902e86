import { quote } from "./script.ts";

/** Where and with what a script runs. */
export interface Surroundings {
  /** Directory to run in. */
  readonly cwd?: string | undefined;
  /** Environment variables to add. */
  readonly env?: Readonly<Record<string, string>> | undefined;
}

/** The shell text, run in the given directory and with the given environment; it ends where it cannot. */
export function wrap(script: string, { cwd, env }: Surroundings): string {
  const exports = Object.entries(env ?? {}).map(([name, value]) => `export ${name}=${quote(value)}`);
  // A leading ./ keeps a relative directory such as -x or ~ from being read as an option.
  const enter = cwd === undefined ? [] : [`cd ${quote(/^\//.test(cwd) ? cwd : `./${cwd}`)} || exit`];
  return [...exports, ...enter, script].join("\n");
}

/** Does the shell that runs such a script become another one? */
export function changesShell({ cwd, env }: Surroundings): boolean {
  return cwd !== undefined || Object.keys(env ?? {}).length > 0;
}

/** True for a name that an environment variable can have. */
export function isVariableName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
}
