import { quote, Script } from "./script.ts";

/** Where and with what a script runs. */
export interface Surroundings {
  /** Directory to run in. */
  readonly cwd?: string | undefined;
  /** Environment variables to add. */
  readonly env?: Readonly<Record<string, string>> | undefined;
}

/** The script, run in the given directory and with the given environment. */
export function wrap(script: Script, { cwd, env }: Surroundings): Script {
  const exports = Object.entries(env ?? {}).map(([name, value]) => `export ${name}=${quote(value)}`);
  // A leading ./ keeps a relative directory such as -x or ~ from being read as an option.
  const enter = cwd === undefined ? [] : [`cd ${quote(/^\//.test(cwd) ? cwd : `./${cwd}`)}`];
  return new Script([...exports, ...enter, script.text].join("\n"), script.files);
}

/** True for a name that an environment variable can have. */
export function isVariableName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
}
