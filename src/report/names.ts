import { displayWidth } from "./width.ts";

/** Names of hosts in the order people count: `web2` before `web10`. */
export function compareNames(a: string, b: string): number {
  collator ??= new Intl.Collator("en", { numeric: true });
  return collator.compare(a, b) || (a < b ? -1 : Number(a > b));
}

/** It takes long to make, and a run on one host never needs it. */
let collator: Intl.Collator | undefined;

/**
 * Names of hosts, sorted, with those that differ in one number put together.
 *
 * @example
 * hostRanges(["web1", "web2", "web3", "web7", "db"]) // ["db", "web[1..3,7]"]
 */
export function hostRanges(names: readonly string[]): readonly string[] {
  const families = new Map<string, Numbered[]>();
  for (const name of [...names].sort(compareNames)) {
    const numbered = split(name);
    const key = JSON.stringify([numbered.head, numbered.tail]);
    const members = families.get(key);
    if (members) members.push(numbered);
    else families.set(key, [numbered]);
  }
  return [...families.values()].map(family);
}

/** {@link hostRanges} as one text, cut off after so many columns: `db, web[1..3] and 12 more`. */
export function hostList(names: readonly string[], columns = Number.POSITIVE_INFINITY): string {
  const ranges = hostRanges(names);
  const whole = ranges.join(", ");
  if (displayWidth(whole) <= columns || ranges.length === 1) return whole;
  const count = ranges.findIndex((_, index) => displayWidth(ranges.slice(0, index + 1).join(", ")) > columns);
  const shown = Math.max(1, count);
  return `${ranges.slice(0, shown).join(", ")} and ${ranges.length - shown} more`;
}

/** A name around its number: `web-07.example.com` is `web-`, `07`, `.example.com`. */
interface Numbered {
  readonly head: string;
  readonly number: string;
  readonly tail: string;
}

/** Splits at the last number of the first label, of an address at its last number. */
function split(name: string): Numbered {
  const pattern = /^[\d.]+$/.test(name) ? /^(.*\D)?(\d+)()$/ : /^([^.]*?)(\d+)(\D*|\D*?\..*)$/;
  const [, head = "", number = "", tail = ""] = pattern.exec(name) ?? [name, name];
  return { head, number, tail };
}

function family(members: readonly Numbered[]): string {
  const [first] = members;
  if (!first) return "";
  const ranges = runs(members.map((member) => member.number)).map(range);
  const numbers = ranges.length === 1 && members.length === 1 ? ranges[0] : `[${ranges.join(",")}]`;
  return `${first.head}${numbers}${first.tail}`;
}

function range(run: readonly string[]): string {
  const [first, last] = [run[0] ?? "", run.at(-1) ?? ""];
  return run.length < 3 ? run.join(",") : `${first}..${last}`;
}

/** Numbers that follow one another, written with as many digits. */
function runs(numbers: readonly string[]): readonly (readonly string[])[] {
  const found: string[][] = [];
  for (const number of numbers) {
    const run = found.at(-1);
    if (run && follows(run.at(-1) ?? "", number)) run.push(number);
    else found.push([number]);
  }
  return found;
}

function follows(before: string, after: string): boolean {
  // Longer ones are serial numbers that a double would round.
  if (after.length > 15) return false;
  const padded = before.startsWith("0") || after.startsWith("0");
  return Number(after) === Number(before) + 1 && (!padded || before.length === after.length);
}
