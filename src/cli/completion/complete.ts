import type { CommandGrammar, Flag, Grammar, Kind, Value } from "./grammar.ts";

/** What may stand where the cursor is. */
export interface Completion {
  /** The words, whole, each with a line about it. */
  readonly words: ReadonlyArray<readonly [word: string, about: string]>;
  /** Files are wanted too, behind so many characters of the word. */
  readonly filesAfter?: number;
}

/** Names that only the disk knows. */
export interface Names {
  /** Hosts and groups of these inventory sources. */
  patterns(sources: readonly string[]): Promise<readonly string[]>;
  /** Ids of runs, each with a line about it. */
  runs(which: "all" | "resumable"): Promise<ReadonlyArray<readonly [string, string]>>;
  /** Hosts of a run. */
  hosts(run: string): Promise<readonly string[]>;
  /** Steps that a host of a run has begun. */
  steps(run: string, host: string): Promise<readonly string[]>;
}

/**
 * Completes a command line.
 *
 * @param given - the words after `rcm`, the last one being the one that the cursor stands at the end of
 * @param names - called only where names from the disk are wanted
 */
export async function complete(
  grammar: Grammar,
  given: readonly string[],
  names: () => Promise<Names>,
): Promise<Completion> {
  const current = given.at(-1) ?? "";
  const line = read(grammar.rcm, given.slice(0, -1));
  const context = { grammar, line, names };
  if (line.pending?.value) return await valuesOf(context, line.pending.value, current, 0);
  if (current.startsWith("-") && !line.onlyWords) {
    const at = current.indexOf("=");
    if (at < 0) return matching(current, flagsOf(line));
    const flag = named(line.command, current.slice(0, at));
    return flag?.value ? await valuesOf(context, flag.value, current, at + 1) : { words: [] };
  }
  const commands = Object.entries(line.command.commands).map(
    ([name, { summary }]) => [name, summary] as const,
  );
  if (commands.length > 0) return matching(current, commands);
  if (line.path[0] === "run" && line.words.length >= 2) return await optionOf(context, current);
  if (line.path[0] === "exec" && line.words.length >= 1) return { words: [], filesAfter: 0 };
  const value = wordAt(line);
  if (value !== undefined) return await valuesOf(context, value, current, 0);
  return line.onlyWords ? { words: [] } : matching(current, flagsOf(line));
}

/** What may stand at the cursor, if it is no flag. */
function wordAt({ command: { words, variadic }, words: given }: Line): Value | undefined {
  return words[given.length] ?? (variadic ? words.at(-1) : undefined);
}

/** What the words before the cursor have said. */
interface Line {
  readonly command: CommandGrammar;
  /** Names of the commands entered. */
  readonly path: readonly string[];
  readonly words: readonly string[];
  readonly flags: ReadonlyArray<readonly [Flag, string | undefined]>;
  /** A flag that waits for its value. */
  readonly pending: Flag | undefined;
  /** After `--`. */
  readonly onlyWords: boolean;
}

interface Context {
  readonly grammar: Grammar;
  readonly line: Line;
  readonly names: () => Promise<Names>;
}

function read(rcm: CommandGrammar, given: readonly string[]): Line {
  const start: Line = { command: rcm, path: [], words: [], flags: [], pending: undefined, onlyWords: false };
  return given.reduce(step, start);
}

function step(line: Line, word: string): Line {
  const { command, path, words, flags, pending, onlyWords } = line;
  if (pending) return { ...line, flags: [...flags, [pending, word]], pending: undefined };
  if (onlyWords) return { ...line, words: [...words, word] };
  if (word === "--") return { ...line, onlyWords: true };
  if (word.startsWith("-") && word !== "-") return flagStep(line, word);
  const inner = entry(command.commands, word);
  if (inner) return { ...line, command: inner, path: [...path, word] };
  return { ...line, words: [...words, word] };
}

function flagStep(line: Line, word: string): Line {
  const isLong = word.startsWith("--");
  const at = isLong ? word.indexOf("=") : -1;
  const flag = named(line.command, isLong ? word.slice(0, at < 0 ? undefined : at) : word.slice(0, 2));
  if (!flag) return line;
  const rest = isLong ? (at < 0 ? "" : word.slice(at + 1)) : word.slice(2);
  if (flag.value === undefined) {
    const noted = { ...line, flags: [...line.flags, [flag, undefined] as const] };
    return !isLong && rest !== "" ? flagStep(noted, `-${rest}`) : noted;
  }
  if (rest !== "" || at >= 0) return { ...line, flags: [...line.flags, [flag, rest]] };
  return { ...line, pending: flag };
}

function named(command: CommandGrammar, name: string): Flag | undefined {
  return command.flags.find(({ names }) => names.includes(name));
}

/** Those that can still be given, by their long names. */
function flagsOf({ command, flags }: Line): ReadonlyArray<readonly [string, string]> {
  const spent = new Set(flags.map(([flag]) => flag).filter((flag) => !flag.repeatable));
  return command.flags
    .filter((flag) => !spent.has(flag))
    .map(({ names, summary }) => [names.at(-1) ?? "", summary] as const);
}

/** What the record itself holds by that name: a user may type `constructor`. */
function entry<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

/** After `rcm run PATTERN MODULE`: the names of its options, then their values. */
async function optionOf(context: Context, current: string): Promise<Completion> {
  const { words } = context.line;
  const options = entry(context.grammar.modules, words[1]?.replaceAll("-", "_") ?? "")?.options ?? {};
  const at = current.indexOf("=");
  if (at >= 0) {
    const value = entry(options, current.slice(0, at))?.value;
    return value ? await valuesOf(context, value, current, at + 1) : { words: [] };
  }
  const given = new Set(words.slice(2).map((word) => word.split("=", 1)[0]));
  return matching(
    current,
    Object.entries(options)
      .filter(([name]) => !given.has(name))
      .map(([name, { summary }]) => [`${name}=`, summary] as const),
  );
}

/** The values that may follow the first `from` characters of the word. */
async function valuesOf(
  { grammar, line, names }: Context,
  value: Value,
  current: string,
  from: number,
): Promise<Completion> {
  const before = current.slice(0, from);
  const behind = (words: ReadonlyArray<readonly [string, string]>): Completion =>
    matching(
      current,
      words.map(([word, about]) => [before + word, about] as const),
    );
  const plain = (words: readonly string[]): Completion => behind(words.map((word) => [word, ""] as const));
  if (typeof value !== "string") return plain(value);
  const [run = "", host = ""] = line.words;
  const find: Readonly<Record<Kind, () => Completion | Promise<Completion>>> = {
    free: () => atFile(current, from) ?? { words: [] },
    file: () => ({ words: [], filesAfter: from }),
    source: () => ({ words: [], filesAfter: from }),
    module: () =>
      /^[./~]/.test(current.slice(from))
        ? { words: [], filesAfter: from }
        : behind(Object.entries(grammar.modules).map(([name, { summary }]) => [name, summary] as const)),
    function: () => behind(Object.entries(grammar.functions)),
    pattern: async () =>
      atFile(current, from) ?? patterns(current, from, await (await names()).patterns(sources(line))),
    run: async () => behind(await (await names()).runs("all")),
    resumable: async () => behind(await (await names()).runs("resumable")),
    host: async () => plain(await (await names()).hosts(run)),
    step: async () => plain(await (await names()).steps(run, host)),
  };
  return await find[value]();
}

/** `@FILE` stands for what is in a file. */
function atFile(current: string, from: number): Completion | undefined {
  return current[from] === "@" ? { words: [], filesAfter: from + 1 } : undefined;
}

/** The last term of a pattern such as `web:!db`. */
function patterns(current: string, from: number, all: readonly string[]): Completion {
  const before = current.slice(0, from) + (/^(?:.*[:,])?[!&]?/.exec(current.slice(from))?.[0] ?? "");
  return matching(
    current,
    all.map((name) => [before + name, ""] as const),
  );
}

function sources({ flags }: Line): readonly string[] {
  return flags.flatMap(([flag, value]) => (flag.value === "source" && value !== undefined ? [value] : []));
}

function matching(current: string, words: ReadonlyArray<readonly [string, string]>): Completion {
  return { words: words.filter(([word]) => word.startsWith(current)) };
}
