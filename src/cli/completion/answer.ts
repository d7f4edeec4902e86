import { readFileSync } from "node:fs";
import { join } from "node:path";
import { OWN_ROOT } from "../../util/own-root.ts";
import { type Completion, complete, type Names } from "./complete.ts";
import type { Grammar } from "./grammar.ts";
import { completionScript } from "./script.ts";

/**
 * What `rcm __complete WORD…` and `rcm completion SHELL` print; undefined when neither was asked for. The build puts it
 * into a small file of its own, since a shell waits for it at every press of the tab key.
 *
 * `__complete` prints how many characters of the last word come before a file name, or `-` when none is wanted there,
 * and a line `word<TAB>about` for each word that fits.
 *
 * @param names - gives the names that only the disk knows; called only where they are wanted
 */
export async function answer(
  [command, ...words]: readonly string[],
  names: () => Promise<Names>,
): Promise<string | undefined> {
  if (command === "completion") return words.length === 1 ? completionScript(words[0] ?? "") : undefined;
  if (command !== "__complete") return undefined;
  const grammar = JSON.parse(readFileSync(join(OWN_ROOT, "dist", "grammar.json"), "utf8")) as Grammar;
  // A broken inventory, a run that is gone: there is nothing to offer, and no place to say so while the user types.
  return format(await complete(grammar, words, names).catch(() => ({ words: [] })));
}

function format({ words, filesAfter }: Completion): string {
  const lines = words
    .filter(([word]) => !/\p{Cc}/u.test(word)) // a shell would take it for several words
    .map(([word, about]) => `${word}\t${about.replaceAll(/[\s\p{Cc}]+/gu, " ")}`);
  return `${[filesAfter === undefined ? "-" : String(filesAfter), ...lines].join("\n")}\n`;
}
