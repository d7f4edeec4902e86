import { readFile } from "node:fs/promises";
import { checkBash, fileOf, type LocalSide, type Script, sh, variableOf } from "../../src/index.ts";
import type { Options } from "./options.ts";

/** A longer script goes as a file: Linux takes arguments of at most 128 KiB. */
const MAX_INLINE = 32 * 1024;

/** Parses the script, as far as it is known. */
export async function parse({ script, file }: Partial<Options>, local: LocalSide): Promise<void> {
  if (script !== undefined) await checkBash(script);
  if (file === undefined) return;
  const { source } = await local.file(file);
  if (typeof source === "string") await checkBash(await readFile(source, "utf8"), source);
}

/** What runs it on the host. */
export async function running(wanted: Partial<Options>, local: LocalSide): Promise<Script> {
  const { script, file, args = [], envInclude, envExclude } = wanted;
  const source = file === undefined ? undefined : await local.file(file);
  const isInline = script !== undefined && Buffer.byteLength(script) <= MAX_INLINE;
  const words = isInline ? sh`-c ${script} bash ${args}` : sh`${source ?? fileOf(script ?? "")} ${args}`;
  return sh.lines(
    sh`set -- "$(command -v bash || command -v sh)" ${words}`,
    envInclude && onlyVariables([...envInclude, ...local.secrets.names.map(variableOf)]),
    envExclude && sh`unset ${envExclude}`,
    sh`exec "$@"`,
  );
}

/** Unsets all others; `env -i A=…` would do, but show their values in the list of processes. */
function onlyVariables(names: readonly string[]): Script {
  const kept = sh.raw(["SHELLOPTS", "BASHOPTS", ...names].join(" | ")); // the first two cannot be unset
  return sh`for v in $(env | sed -n 's/^\\([A-Za-z_][A-Za-z0-9_]*\\)=.*/\\1/p'); do case $v in ${kept}) ;; *) unset "$v" ;; esac; done`;
}
