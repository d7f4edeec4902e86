import type { Matcher } from "re2js";
import { define } from "../define.ts";
import { checkLength } from "../limits.ts";
import { text } from "../params.ts";
import { captured, compile, matchesOf } from "./regex.ts";

const SYNTAX =
  "Patterns are RE2's, as in Terraform: each match takes time in proportion to the text, and there are no back references and no look-around.";

/** Functions about regular expressions. */
export const PATTERNS = [
  define({
    name: "regex",
    category: "Patterns",
    params: [text("pattern"), text("text")],
    summary:
      "The first match of a pattern: its text, or a list of its groups, or an object of its named groups.",
    details: `${SYNTAX} Without a match it is an error; \`try\` and \`can\` take that.`,
    examples: [
      ['regex("[a-z]+", "53453453.345345aaabbbccc23454")', '"aaabbbccc"'],
      ['regex("(\\\\d\\\\d\\\\d\\\\d)-(\\\\d\\\\d)-(\\\\d\\\\d)", "2019-02-01")', '["2019", "02", "01"]'],
      [
        'regex("^(?:(?P<scheme>[^:/?#]+):)?(?://(?P<authority>[^/?#]*))?", "https://terraform.io/docs/")',
        '{scheme = "https", authority = "terraform.io"}',
      ],
    ],
    call: ([pattern, text]) => {
      const regex = compile(pattern);
      for (const match of matchesOf(regex, text)) return captured(match, regex.namedGroups());
      throw new Error("the pattern matches nothing in the text");
    },
  }),
  define({
    name: "regexall",
    category: "Patterns",
    params: [text("pattern"), text("text")],
    summary: "All matches of a pattern, each as `regex` gives it.",
    details: SYNTAX,
    examples: [
      ['regexall("[a-z]+", "1234abcd5678efgh9")', '["abcd", "efgh"]'],
      ['length(regexall("[a-z]+", "123456789"))', "0"],
      ['regexall("(\\\\w)=(\\\\d)", "a=1 b=2")', '[["a", "1"], ["b", "2"]]'],
    ],
    call: ([pattern, text]) => {
      const regex = compile(pattern);
      return Array.from(matchesOf(regex, text), (match) => captured(match, regex.namedGroups()));
    },
  }),
  define({
    name: "replace",
    category: "Patterns",
    params: [text("text"), text("part"), text("replacement")],
    summary:
      "The text with another one in place of a part, wherever that is; between slashes the part is a pattern.",
    details: `In the replacement for a pattern, \`$1\` or \`\${name}\` is a group of the match and \`$$\` a dollar sign. ${SYNTAX}`,
    examples: [
      ['replace("1 + 2 + 3", "+", "-")', '"1 - 2 - 3"'],
      ['replace("hello world", "/w.*d/", "everybody")', '"hello everybody"'],
      ['replace("ab", "/(a)(b)/", "$2$1")', '"ba"'],
    ],
    call: ([text, part, replacement]) => {
      const isPattern = part.length > 1 && part.startsWith("/") && part.endsWith("/");
      if (isPattern) return replacePattern(text, part.slice(1, -1), replacement);
      const times = part === "" ? [...text].length + 1 : text.split(part).length - 1;
      checkLength(text.length + times * (replacement.length - part.length));
      return text.replaceAll(part, () => replacement);
    },
  }),
];

function replacePattern(text: string, pattern: string, replacement: string): string {
  const regex = compile(pattern);
  const pieces: string[] = [];
  let at = 0;
  let length = 0;
  for (const match of matchesOf(regex, text)) {
    const piece = text.slice(at, match.start()) + filled(replacement, match, regex.namedGroups());
    at = match.end();
    length += piece.length;
    checkLength(length);
    pieces.push(piece);
  }
  return pieces.join("") + text.slice(at);
}

/** Go's: the longest name counts, `$1x` is the group "1x"; a group that there is not is empty. */
function filled(replacement: string, match: Matcher, named: Readonly<Record<string, number>>): string {
  return replacement.replaceAll(/\$(?:\$|(\w+)|\{(\w+)\})/g, (all, bare?: string, braced?: string) => {
    const name = bare ?? braced;
    if (name === undefined) return all === "$$" ? "$" : all;
    const index = /^\d+$/.test(name) ? Number(name) : named[name];
    return index !== undefined && index <= match.groupCount() ? (match.group(index) ?? "") : "";
  });
}
