import { readFileSync } from "node:fs";
import { RcmError } from "../errors.ts";
import { suggest } from "../util/nearest.ts";
import { implicitLocalhost } from "./localhost.ts";
import type { ConnectionOverrides, Host, Inventory } from "./model.ts";
import { parseTerms, splitPattern, type Term } from "./terms.ts";
import { reasonOf } from "./text.ts";

/** What narrows a selection, and what an implicit `localhost` needs. */
export interface SelectOptions {
  /** A second pattern, of which a host must be, too; a term `@file` stands for the file's lines. */
  readonly limit?: string | undefined;
  /** What the command line says about connections: an implicit `localhost` knows it from nowhere else. */
  readonly overrides?: ConnectionOverrides | undefined;
}

/**
 * The hosts that a pattern means, in the order it names them.
 *
 * @throws RcmError "nothing-matched" when a name in it is unknown, or no host is left
 * @example
 * selectHosts(inventory, "web:&prod:!web1", { limit: "web[0:9]" })
 */
export function selectHosts(
  inventory: Inventory,
  pattern: string,
  options: SelectOptions = {},
): readonly Host[] {
  const texts = splitPattern(pattern);
  if (texts.length === 0) {
    throw new RcmError('The host pattern is empty; wanted one such as "all" or "web:!web1"', {
      code: "usage",
    });
  }
  const context = { inventory, overrides: options.overrides ?? {} };
  const selected = evaluate(texts, context);
  if (selected.length === 0) throw nothingMatched(`The host pattern "${pattern}" matches no host`);
  const limited = applyLimit(selected, options.limit, context);
  if (limited.length > 0) return limited;
  throw nothingMatched(`The limit "${options.limit}" leaves no host of the pattern "${pattern}"`);
}

interface Context {
  readonly inventory: Inventory;
  readonly overrides: ConnectionOverrides;
}

function applyLimit(selected: readonly Host[], limit: string | undefined, context: Context): readonly Host[] {
  const texts = splitPattern(limit ?? "").flatMap((text) =>
    text.startsWith("@") ? linesOf(text.slice(1)) : text,
  );
  if (!limit?.trim()) return selected;
  if (texts.length === 0) return [];
  const allowed = new Set(evaluate(texts, context).map((host) => host.name));
  return selected.filter((host) => allowed.has(host.name));
}

function linesOf(path: string): readonly string[] {
  try {
    const lines = readFileSync(path, "utf8").split("\n");
    return lines.map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("#"));
  } catch (cause) {
    throw new RcmError(`Cannot read the limit file "${path}": ${reasonOf(cause)}`, { code: "usage", cause });
  }
}

function evaluate(texts: readonly string[], context: Context): readonly Host[] {
  const selected = new Map<string, Host>();
  for (const term of parseTerms(texts)) {
    const found = new Map(hostsOf(term, context).map((host) => [host.name, host]));
    if (term.effect === "add") {
      for (const [name, host] of found) selected.set(name, host);
      continue;
    }
    for (const name of [...selected.keys()]) {
      if (found.has(name) !== (term.effect === "keep")) selected.delete(name);
    }
  }
  return [...selected.values()];
}

function hostsOf(term: Term, context: Context): readonly Host[] {
  const { hosts, groups } = context.inventory;
  const exact = hosts.get(term.text);
  if (exact) return [exact];
  const inGroups = [...groups.values()].filter((group) => term.matches(group.name));
  const names = new Set(inGroups.flatMap((group) => group.hosts));
  if (inGroups.length === 0 || term.alsoHosts) {
    for (const name of hosts.keys()) if (term.matches(name)) names.add(name);
  }
  const found = [...names].flatMap((name) => hosts.get(name) ?? []);
  return found.length > 0 || inGroups.length > 0 ? term.pick(found) : unlisted(term, context);
}

/** What a term means that matches nothing in the inventory. */
function unlisted({ name, isName, text }: Term, { inventory, overrides }: Context): readonly Host[] {
  if (["localhost", "127.0.0.1", "::1"].includes(name))
    return [implicitLocalhost(inventory, name, overrides)];
  if (!isName) return [];
  const known = [...inventory.groups.keys(), ...inventory.hosts.keys()];
  const within = text === name ? "" : ` (in the pattern "${text}")`;
  throw nothingMatched(`No host or group is named "${name}"${within}`, suggest(name, known));
}

function nothingMatched(message: string, hint?: string): RcmError {
  return new RcmError(message, { code: "nothing-matched", hint });
}
