import { readFile } from "node:fs/promises";
import { messageOf, type Position, Problems, RcmError } from "../errors.ts";
import { neutralise } from "../util/neutralise.ts";
import type { Output } from "./options.ts";
import { placeText } from "./place.ts";

/**
 * Prints what was thrown: a user's mistakes with file, line and the line itself, all of them; a bug with its stack.
 *
 * @param verbose also show causes
 */
export async function reportError(thrown: unknown, output: Output, verbose = false): Promise<void> {
  const blocks = thrown instanceof Problems ? thrown.problems : [thrown];
  for (const block of blocks) output.write(`${await explain(block, verbose)}\n`);
  if (blocks.length <= 1) return;
  const isOfFlow = blocks.every((block) => block instanceof RcmError && block.code === "flow");
  output.write(`${blocks.length} problems${isOfFlow ? "" : "; no host was touched"}\n`);
}

async function explain(thrown: unknown, verbose: boolean): Promise<string> {
  if (!(thrown instanceof RcmError)) {
    const stack = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    return `rcm has a bug: ${neutralise(stack)}`;
  }
  const { where, hint, cause } = thrown;
  return [
    `Error: ${neutralise(thrown.message)}`,
    ...(where ? await pointAt(where) : []),
    ...(hint ? [`  hint: ${neutralise(hint)}`] : []),
    ...(verbose && cause !== undefined ? [`  cause: ${neutralise(messageOf(cause))}`] : []),
  ].join("\n");
}

async function pointAt(position: Position): Promise<string[]> {
  const { file, line, column } = position;
  const place = `  at ${neutralise(`${placeText(position)}${column === undefined ? "" : `:${column}`}`)}`;
  const source =
    position.text ??
    (line === undefined ? undefined : (await readFile(file, "utf8").catch(() => "")).split("\n")[line - 1]);
  // A line that defines a secret may hold it.
  if (source === undefined || source.trim() === "" || /\bsecret\s*\(/.test(source)) return [place];
  const margin = String(line).length;
  const caret =
    column === undefined
      ? []
      : [`  ${" ".repeat(margin)} | ${source.slice(0, column - 1).replaceAll(/[^\t]/g, " ")}^`];
  return [place, `  ${line} | ${neutralise(source)}`, ...caret];
}
