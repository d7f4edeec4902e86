import type { Automaton } from "./automaton.ts";
import { formsOf, SHORTEST } from "./forms.ts";
import { automataFor } from "./scan.ts";
import { MARK, RedactedStream } from "./stream.ts";

/** Hides secrets in whatever is about to leave the process. */
export class Redactor {
  readonly #secrets = new Set<string>();
  #automata: readonly Automaton[] | undefined;

  /** Hides this text from now on. One of fewer than 4 characters is not hidden: it stands everywhere. */
  add(secret: string): void {
    if ([...secret.trim()].length < SHORTEST || this.#secrets.has(secret)) return;
    this.#secrets.add(secret);
    this.#automata = undefined;
  }

  /** The text, with a mark in place of each secret. */
  text(text: string): string {
    if (this.#secrets.size === 0 || text.length < SHORTEST) return text;
    const bytes = Buffer.from(text);
    const pieces: Buffer[] = [];
    const stream = this.stream((data) => pieces.push(data));
    stream.push(bytes);
    stream.end();
    const clean = pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces);
    return clean.equals(bytes) ? text : clean.toString();
  }

  /** A value as JSON would hold it, with marks in its texts, names and numbers; the same one where there are none. */
  value<T>(value: T): T {
    return this.#secrets.size === 0 ? value : (this.#inside(value, new Set()) as T);
  }

  /** What was thrown, with marks in its messages, also those of its causes. */
  error<T>(thrown: T): T {
    if (this.#secrets.size > 0) this.#mend(thrown, new Set());
    return thrown;
  }

  /** Passes on what is pushed into it. */
  stream(write: (data: Buffer) => void): RedactedStream {
    this.#automata ??= this.#compile();
    return new RedactedStream(this.#automata, write);
  }

  #compile(): readonly Automaton[] {
    if (this.#secrets.size === 0) return [];
    const forms = [...this.#secrets].map(formsOf);
    const all = (kind: keyof ReturnType<typeof formsOf>): Set<string> =>
      new Set(forms.flatMap((one) => [...one[kind]]));
    return automataFor(all("text"), all("base64"), all("hex"));
  }

  #inside(value: unknown, above: ReadonlySet<unknown>): unknown {
    if (typeof value === "string") return this.text(value);
    if (typeof value === "number" || typeof value === "bigint")
      return this.text(String(value)) === String(value) ? value : MARK;
    if (typeof value !== "object" || value === null || above.has(value)) return value;
    const within = new Set([...above, value]);
    if (Array.isArray(value))
      return kept(
        value,
        value.map((item) => this.#inside(item, within)),
      );
    if (!isPlain(value)) return this.#asJson(value);
    const entries = Object.entries(value);
    const clean = entries.map(([key, item]) => [this.text(key), this.#inside(item, within)] as const);
    const isSame = clean.every(
      ([key, item], i) => key === entries[i]?.[0] && Object.is(item, entries[i]?.[1]),
    );
    return isSame ? value : Object.fromEntries(clean);
  }

  /** A date or an object of a class leaves the process as its JSON. */
  #asJson(value: object): unknown {
    const json = jsonOf(value);
    if (json === undefined) return value;
    const plain: unknown = JSON.parse(json);
    const clean = this.#inside(plain, new Set());
    return Object.is(clean, plain) ? value : clean;
  }

  #mend(thrown: unknown, seen: Set<unknown>): void {
    if (!(thrown instanceof Error) || seen.has(thrown)) return;
    seen.add(thrown);
    for (const name of ["message", "stack", ...Object.keys(thrown), "hint", "cause"]) {
      const value: unknown = Reflect.get(thrown, name);
      for (const inner of Array.isArray(value) ? value : [value]) this.#mend(inner, seen);
      const isWhole =
        value instanceof Error || (Array.isArray(value) && value.some((one) => one instanceof Error));
      const clean = isWhole ? value : this.value(value);
      if (!Object.is(clean, value))
        Object.defineProperty(thrown, name, { value: clean, configurable: true, writable: true });
    }
  }
}

function kept(value: readonly unknown[], clean: readonly unknown[]): readonly unknown[] {
  return clean.every((item, i) => Object.is(item, value[i])) ? value : clean;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Undefined for what JSON cannot hold; nothing of that is written anywhere. */
function jsonOf(value: object): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
