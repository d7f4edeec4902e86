/** Lines of code wider than this are laid out over several. */
const WIDTH = 110;
/** Stands for the end of a line within a text in backquotes until the file is finished: what follows is not indented. */
const TEXT_LINE = "\0";

/** A text as TypeScript: in quotes, or in backquotes when it has lines. */
export function stringCode(text: string): string {
  return /\n./s.test(text) ? `\`${templateText(text)}\`` : JSON.stringify(text);
}

/** A text between backquotes, outside of `${…}`. */
export function templateText(text: string): string {
  return text
    .replaceAll(/[\\`]|\$(?=\{)/g, "\\$&")
    .replaceAll(/[\0-\x08\x0b-\x1f\x7f]/g, (unit) => `\\x${unit.charCodeAt(0).toString(16).padStart(2, "0")}`)
    .replaceAll("\n", TEXT_LINE);
}

/** A text between the backquotes of `hcl`, which takes backslashes as they are. */
export function rawText(text: string): string {
  return text.replaceAll(/`|\$(?=\{)/g, "\\$&").replaceAll("\n", TEXT_LINE);
}

/** A value of JSON's kinds. */
export function jsonCode(value: unknown): string {
  if (typeof value === "string") return stringCode(value);
  if (Array.isArray(value)) return listCode(value.map(jsonCode));
  if (typeof value === "object" && value !== null)
    return objectCode(Object.entries(value).map(([key, item]) => [key, jsonCode(item)]));
  return JSON.stringify(value);
}

/** `[a, b]`, on one line or many. */
export function listCode(items: readonly string[]): string {
  return enclosed("[", items, "]");
}

/** `{ a: b }`, on one line or many; `{ a }` where both are the same. */
export function objectCode(entries: ReadonlyArray<readonly [key: string, code: string]>): string {
  return enclosed(
    "{",
    entries.map(([key, code]) => (key === code ? key : `${keyCode(key)}: ${code}`)),
    "}",
  );
}

/** `name(a, b)`, on one line or many; a single argument is laid out by itself. */
export function callCode(name: string, args: readonly string[]): string {
  return args.length === 1 ? `${name}(${args[0]})` : enclosed(`${name}(`, args, ")");
}

/** `.name`, or `["na-me"]`. */
export function memberCode(name: string): string {
  return isIdentifier(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}

function keyCode(key: string): string {
  // Written plainly, it would be the prototype.
  if (key === "__proto__") return '["__proto__"]';
  return isIdentifier(key) ? key : JSON.stringify(key);
}

function isIdentifier(text: string): boolean {
  return /^[A-Za-z_$][\w$]*$/.test(text);
}

/** `import { a, b } from "c";`. */
export function importCode(whole: string | undefined, names: readonly string[], from: string): string {
  const braces = names.length === 0 ? [] : [enclosed("{", names, "}")];
  return `import ${[...(whole === undefined ? [] : [whole]), ...braces].join(", ")} from ${JSON.stringify(from)};`;
}

function enclosed(open: string, items: readonly string[], close: string): string {
  if (items.length === 0) return open + close;
  const space = close === "}" ? " " : "";
  const line = `${open}${space}${items.join(", ")}${space}${close}`;
  if (line.length <= WIDTH && !line.includes("\n") && !line.includes(TEXT_LINE)) return line;
  return `${open}\n${items.map((item) => `${indented(item)},\n`).join("")}${close}`;
}

/** Code two columns further in. */
export function indented(code: string): string {
  return code.replaceAll(/^(?=.)/gm, "  ");
}

/** A whole file, in which the lines of texts stand as they are. */
export function finished(code: string): string {
  return code.replaceAll(TEXT_LINE, "\n");
}

/** Words that cannot be names of constants. */
const RESERVED =
  "await break case catch class const continue debugger default delete do else enum export extends false finally for function if implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof undefined var void while with yield arguments eval async of";

/** The names of a file, each given out once. */
export class Names {
  readonly #taken = new Set(RESERVED.split(" "));

  constructor(taken: Iterable<string>) {
    for (const name of taken) this.#taken.add(name);
  }

  /** The first of some wishes that is free, or the last with a number. */
  pick(...wishes: readonly string[]): string {
    const [...names] = wishes.map(camel);
    let name = names.find((one) => !this.#taken.has(one));
    for (let i = 2; name === undefined; i++) {
      const numbered = `${names.at(-1)}${i}`;
      if (!this.#taken.has(numbered)) name = numbered;
    }
    this.#taken.add(name);
    return name;
  }
}

function camel(text: string): string {
  const [first = "", ...others] = text.split(/[^A-Za-z0-9$]+/).filter(Boolean);
  const joined = first.charAt(0).toLowerCase() + first.slice(1) + others.map(capital).join("");
  return /^[A-Za-z_$]/.test(joined) ? joined : `_${joined}`;
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
