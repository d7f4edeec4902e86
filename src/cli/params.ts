import { readFile } from "node:fs/promises";
import { dirname, extname, resolve } from "node:path";
import { parse } from "yaml";
import { messageOf, RcmError } from "../errors.ts";
import type { GivenParam } from "../runbook/spec.ts";

/**
 * Collects params, the weakest first: `RUNFLOW_VAR_x`, `RCM_VAR_x`, then `--var-file`, then `-e`; of equals the later one wins.
 *
 * @throws RcmError with code `usage` naming the flag or file
 */
export async function collectParams(
  vars: readonly string[],
  files: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<readonly GivenParam[]> {
  const fromFiles = await Promise.all(files.map((file) => fromFile(file, `--var-file ${file}`)));
  const fromFlags = await Promise.all(vars.map(fromFlag));
  return [...fromEnvironment(env), ...fromFiles.flat(), ...fromFlags.flat()];
}

/** Prefixes of variables that give params, the weaker one first. */
const VARIABLES = ["RUNFLOW_VAR_", "RCM_VAR_"];

function fromEnvironment(env: NodeJS.ProcessEnv): GivenParam[] {
  return VARIABLES.flatMap((prefix) =>
    Object.entries(env)
      .filter(([name]) => name.startsWith(prefix) && name.length > prefix.length)
      // An empty variable of Runflow's counts as none, as it did there.
      .filter(([, value]) => value !== "" || prefix === "RCM_VAR_")
      .map(([name, value]) => ({
        ...{ name: name.slice(prefix.length), value: value ?? "" },
        ...{ from: name, isText: true },
      })),
  );
}

async function fromFlag(given: string): Promise<GivenParam[]> {
  if (given.startsWith("@")) return await fromFile(given.slice(1), `-e ${given}`);
  if (given.trimStart().startsWith("{")) return toParams(parseText(given, "-e", ".json"), "-e {…}");
  const at = given.indexOf("=");
  if (at <= 0)
    throw new RcmError(`Cannot read -e "${given}": wanted name=value, {json} or @file`, { code: "usage" });
  const name = given.slice(0, at);
  return [{ name, value: given.slice(at + 1), from: `-e ${name}`, isText: true }];
}

async function fromFile(file: string, from: string): Promise<GivenParam[]> {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new RcmError(`Cannot read the file of ${from}: ${messageOf(cause)}`, { code: "usage", cause });
  });
  return toParams(await parseFile(text, from, file), from);
}

async function parseFile(text: string, from: string, file: string): Promise<unknown> {
  if (extname(file) !== ".hcl") return parseText(text, from, extname(file));
  const { newMoment, worldIn } = await import("../embed/flow-site.ts");
  const { readVariables } = await import("../flow/variables-file.ts");
  return readVariables(text, file, worldIn(dirname(resolve(file)), newMoment()));
}

function parseText(text: string, from: string, extension: string): unknown {
  try {
    return extension === ".json" ? JSON.parse(text) : parse(text, { uniqueKeys: true });
  } catch (cause) {
    throw new RcmError(`Cannot read the params of ${from}: ${messageOf(cause)}`, { code: "usage", cause });
  }
}

function toParams(value: unknown, from: string): GivenParam[] {
  if (value === null || value === undefined) return [];
  if (typeof value !== "object" || Array.isArray(value))
    throw new RcmError(`Cannot read the params of ${from}: wanted names with values`, { code: "usage" });
  return Object.entries(value).map(([name, one]) => ({ name, value: one as unknown, from, isText: false }));
}
