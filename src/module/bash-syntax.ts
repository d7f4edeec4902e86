import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { format, type Shfmt } from "@wasm-fmt/shfmt/shfmt_binding.js";
import { RcmError } from "../errors.ts";

/** What the parser names a script, so that it reads it as bash. */
const NAME = "script.bash";

/** Loaded when the first script is looked at: that takes some 50 ms. */
let parser: Promise<Shfmt> | undefined;

/**
 * Parses a bash script, without running anything.
 *
 * @param file the file that it stands in, if it does in one
 * @throws RcmError with the line of the script, and its text, when it is none
 */
export async function checkBash(script: string, file?: string): Promise<void> {
  parser ??= load();
  const wrong = parse(await parser, script);
  if (wrong === undefined) return;
  const [, row = "1", column = "1", what = wrong] = /^script\.bash:(\d+):(\d+): (.*)$/s.exec(wrong) ?? [];
  const line = Number(row);
  const text = script.split("\n")[line - 1]?.trim() ?? "";
  throw new RcmError(`the script is no bash: ${file ?? "script"}:${line}:${column}: ${what}: ${text}`, {
    code: "step",
    ...(file === undefined ? {} : { where: { file, line, column: Number(column) } }),
  });
}

/** What is wrong with it, as the parser says it. Formatting is what it offers; that parses first. */
function parse(wasm: Shfmt, script: string): string | undefined {
  if (script.trim() === "") return undefined;
  try {
    format(wasm, script, NAME);
    return undefined;
  } catch (error) {
    if (error instanceof Error && error.message.startsWith(`${NAME}:`)) return error.message;
    throw error;
  }
}

async function load(): Promise<Shfmt> {
  const path = createRequire(import.meta.url).resolve("@wasm-fmt/shfmt/wasm");
  const { instance } = await WebAssembly.instantiate(await readFile(path));
  const wasm = instance.exports as unknown as Shfmt;
  wasm._initialize();
  return wasm;
}
