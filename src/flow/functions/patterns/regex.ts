import { type Matcher, RE2JS } from "re2js";
import { type FlowValue, objectOf } from "../../value.ts";
import { checkSize } from "../limits.ts";

/** How long all matches in one text may take to find, in milliseconds; one match takes linear time. */
const LONGEST_SEARCH = 10_000;

/** @throws Error with what is wrong in the pattern */
export function compile(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    throw new Error(
      `the pattern is not valid: ${(error as Error).message.replace(/^error parsing regexp: /, "")}`,
    );
  }
}

/**
 * Every match of a pattern, from the begin of a text.
 *
 * @throws Error when there are too many, or it takes too long: to find many matches may take quadratic time
 */
export function* matchesOf(regex: RE2JS, text: string): Generator<Matcher> {
  const matcher = regex.matcher(text);
  const end = Date.now() + LONGEST_SEARCH;
  for (let count = 0; matcher.find(); count++) {
    checkSize(count);
    if (Date.now() > end)
      throw new Error(`to find all matches takes longer than ${LONGEST_SEARCH / 1000} seconds`);
    yield matcher;
  }
}

/** What a match comes to: its text, or a list of its groups, or an object of its named ones. */
export function captured(matcher: Matcher, named: Readonly<Record<string, number>>): FlowValue {
  const count = matcher.groupCount();
  if (count === 0) return matcher.group(0) ?? "";
  const names = Object.entries(named);
  if (names.length === 0) return Array.from({ length: count }, (_, i) => matcher.group(i + 1) ?? null);
  if (names.length < count)
    throw new Error("some groups of the pattern have names and some have not; expected all or none");
  return objectOf(names.map(([name, index]) => [name, matcher.group(index) ?? null] as const));
}
