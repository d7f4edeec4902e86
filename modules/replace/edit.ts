import { compileRegexp, expandMatch } from "../../src/index.ts";
import type { Options } from "./options.ts";

/** The file's text with all matches replaced. */
export function edit(wanted: Options, before: string | undefined): string {
  if (before === undefined) throw new Error(`${wanted.path} does not exist`);
  const { from, to } = sectionOf(wanted, before);
  const matches = compileRegexp(wanted.regexp, "gm");
  let [section, done] = ["", from];
  for (const match of before.slice(from, to).matchAll(matches)) {
    section += before.slice(done, from + match.index) + expandMatch(match, wanted.replace);
    done = from + match.index + match[0].length;
  }
  return before.slice(0, from) + section + before.slice(done);
}

/** The part that may be touched; an empty one where `after` or `before` does not match. */
function sectionOf(
  { after, before }: Options,
  content: string,
): { readonly from: number; readonly to: number } {
  const start = after === undefined ? undefined : compileRegexp(after, "s").exec(content);
  const from = start ? start.index + start[0].length : 0;
  if (start === null) return { from, to: from };
  if (before === undefined) return { from, to: content.length };
  const ends = [...content.slice(from).matchAll(compileRegexp(before, "gs"))];
  const end = start === undefined ? ends.at(-1) : ends[0];
  return { from, to: from + (end?.index ?? 0) };
}
