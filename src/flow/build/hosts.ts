import { parseTerms, splitPattern, type Term } from "../../inventory/terms.ts";
import type { HostFacts } from "../../module/context.ts";

/**
 * Whether a pattern such as `web:!web1` means a host, by its name and its groups.
 *
 * @throws Error for a pattern that counts hosts, such as `web[0]`: one host does not know its place
 */
export function matchesHost(pattern: string, { name, groups }: HostFacts): boolean {
  let isIn = false;
  for (const term of parseTerms(splitPattern(pattern))) {
    if (/\[-?\d*[:-]?\d*\]$/.test(term.text))
      throw new Error(
        `a pattern of one host cannot count hosts, as "${term.text}" does; expected names, groups or patterns`,
      );
    const matches = means(term, name, groups);
    if (term.effect === "add") isIn ||= matches;
    else if (term.effect === "keep") isIn &&= matches;
    else isIn &&= !matches;
  }
  return isIn;
}

function means(term: Term, name: string, groups: readonly string[]): boolean {
  return term.name === "all" || term.matches(name) || groups.some(term.matches);
}
