import { messageOf, RcmError } from "../errors.ts";
import { looksLikeAddress, splitPort } from "./ranges.ts";

/** One term of a host pattern, such as `!web*[0:2]`. */
export interface Term {
  /** As typed; a host of exactly this name comes before every other meaning. */
  readonly text: string;
  /** Whether its hosts are added, kept alone, or taken away. */
  readonly effect: "add" | "keep" | "remove";
  /** What it looks for, sign and subscript taken off. */
  readonly name: string;
  /** Whether it is one name, which must exist, rather than a form that may match nothing. */
  readonly isName: boolean;
  /** Whether it can mean hosts even where it matches groups. */
  readonly alsoHosts: boolean;
  readonly matches: (name: string) => boolean;
  /** Which of the hosts found, in their order. */
  readonly pick: <T>(found: readonly T[]) => readonly T[];
}

/**
 * Splits a pattern at commas or, where it has none, at colons outside of brackets: `web:&prod:!web[0]`.
 * An address with colons or a port stays one term.
 */
export function splitPattern(pattern: string): readonly string[] {
  return rawTerms(pattern)
    .map((term) => term.trim())
    .filter((term) => term !== "");
}

function rawTerms(pattern: string): readonly string[] {
  if (pattern.includes(",")) return pattern.split(",");
  const { name, port } = splitPort(pattern);
  if (port !== undefined || looksLikeAddress(name)) return [pattern];
  return pattern.match(/(?:[^\s:[\]]|\[[^\]]*\])+/g) ?? [];
}

/** Reads terms and puts them in the order they work: what adds, what keeps, what removes. */
export function parseTerms(texts: readonly string[]): readonly Term[] {
  const terms = texts.map(parseTerm);
  const adding = terms.filter((term) => term.effect === "add");
  return [
    ...(adding.length > 0 ? adding : [parseTerm("all")]),
    ...terms.filter((term) => term.effect === "keep"),
    ...terms.filter((term) => term.effect === "remove"),
  ];
}

function parseTerm(text: string): Term {
  const effect = text.startsWith("&") ? "keep" : text.startsWith("!") ? "remove" : "add";
  const body = effect === "add" ? text : text.slice(1);
  return { text, effect, ...(body.startsWith("~") ? parseRegex(body) : parseName(body)) };
}

type Meaning = Omit<Term, "text" | "effect">;

/** A regular expression holds from a name's begin. It may well end in brackets: it has no subscript. */
function parseRegex(body: string): Meaning {
  const regex = compile(`^(?:${body.slice(1)})`, body);
  const matches = (name: string): boolean => regex.test(name);
  return { name: body, isName: false, alsoHosts: true, matches, pick: (found) => found };
}

function parseName(body: string): Meaning {
  const { name, pick } = parseSubscript(body);
  const alsoHosts = name.includes(".");
  if (!/[*?[]/.test(name)) {
    return { name, isName: true, alsoHosts, matches: (candidate) => candidate === name, pick };
  }
  const glob = compile(`^${globSource(name)}$`, body);
  return { name, isName: false, alsoHosts: true, matches: (candidate) => glob.test(candidate), pick };
}

/** Takes `[0]`, `[-1]`, `[1:3]`, `[1:]` or `[:3]` off a term; the end of a range is included. */
function parseSubscript(body: string): Pick<Term, "name" | "pick"> {
  const [, name, index, from, to] = SUBSCRIPT.exec(body) ?? [];
  if (name === undefined) return { name: body, pick: (found) => found };
  if (index !== undefined)
    return { name, pick: (found) => found.slice(...oneAt(Number(index), found.length)) };
  const end = to ? Number(to) + 1 : undefined;
  return { name, pick: (found) => found.slice(Number(from), end) };
}

const SUBSCRIPT = /^(.+)\[(?:(-?[0-9]+)|(?=.*[0-9])([0-9]*)[:-]([0-9]*))\]$/s;

/** The bounds of one item, counted from the end when negative, and of none when there is no such item. */
function oneAt(index: number, length: number): readonly [number, number] {
  const start = index < 0 ? index + length : index;
  return start < 0 ? [0, 0] : [start, start + 1];
}

/** A shell glob as Python's fnmatch reads it: `*`, `?`, `[seq]` and `[!seq]`; all else is itself. */
function globSource(glob: string): string {
  return glob.replaceAll(GLOB_PART, (part: string, not?: string, members?: string) => {
    if (part === "*") return ".*";
    if (part === "?") return ".";
    if (members === undefined) return part.replace(/[\\^$.+()[\]{}|/]/, "\\$&");
    return `[${not ? "^" : ""}${members.replaceAll(/[\\\]^[]/g, "\\$&")}]`;
  });
}

const GLOB_PART = /\[(!?)(\][^\]]*|[^\]]+)\]|./gs;

function compile(source: string, term: string): RegExp {
  try {
    return new RegExp(source, "s");
  } catch (cause) {
    const message = `Cannot read the host pattern "${term}": ${messageOf(cause)}`;
    throw new RcmError(message, { code: "usage", cause });
  }
}
