import { RcmError } from "../errors.ts";
import { LocalFile } from "./file.ts";

/** What may stand in a `sh` template. */
export type ShellValue = string | number | Script | LocalFile | readonly ShellValue[];

/** A question about a file, of a kind that one program can answer for many files. */
export type Look =
  | { readonly kind: "sum"; readonly file: string }
  | { readonly kind: "stat"; readonly letter: string; readonly file: string }
  | { readonly kind: "line"; readonly line: string; readonly file: string };

/** A piece of POSIX shell in which every value is quoted. Made by {@link sh} only. */
export class Script {
  /** The shell text. */
  readonly text: string;
  /** The local files that the text uses. */
  readonly files: readonly LocalFile[];
  /** What it asks about files, so that this can be asked for several scripts at once. */
  readonly looks: readonly Look[];
  /** Made by {@link sh.inline}. */
  readonly isInline: boolean;

  /** @internal */
  constructor(text: string, { files = [], looks = [], isInline = false }: Partial<Script> = {}) {
    this.text = text;
    this.files = files;
    this.looks = looks;
    this.isInline = isInline;
    Object.freeze(this);
  }

  /** The shell text. */
  toString(): string {
    return this.text;
  }
}

/**
 * Makes a script. A text or number becomes one quoted word, an array one word each, a script goes in as it is, and
 * a local file becomes the path under which it lies on the host.
 *
 * @throws RcmError for a value that no shell word can hold: one with a NUL character
 * @example
 * sh`install -m ${"0644"} -- ${file} ${"/etc/my app.conf"}`
 */
export function sh(strings: TemplateStringsArray, ...values: readonly ShellValue[]): Script {
  const pieces = values.map(render);
  return combined(
    strings.reduce((before, after, i) => before + (pieces[i - 1]?.text ?? "") + after),
    pieces,
  );
}

/** Shell text as it stands, unquoted: for constants of your own, never for a value from outside. */
sh.raw = (text: string): Script => new Script(text);

/**
 * A script that may run in the session's own shell, which spares a process: it calls programs and tests, and whatever
 * values stand in it, it neither ends that shell nor changes anything in it.
 *
 * @example
 * sh.inline`sh -c ${line}`
 */
sh.inline = (strings: TemplateStringsArray, ...values: readonly ShellValue[]): Script => {
  // Without what it asks: a script that asks and is inline is nothing but that question.
  const { text, files } = sh(strings, ...values);
  return new Script(text, { files, isInline: true });
};

/** The scripts that are there, one after another, a line each. */
sh.lines = (...scripts: ReadonlyArray<Script | undefined | false>): Script => join(scripts, "\n");

/** The scripts that are there, each run only if the one before it succeeded. */
sh.all = (...scripts: ReadonlyArray<Script | undefined | false>): Script => join(scripts, " && ");

function join(scripts: ReadonlyArray<Script | undefined | false>, separator: string): Script {
  const present = scripts.filter((script): script is Script => script instanceof Script);
  return combined(present.map((script) => script.text).join(separator), present);
}

function combined(text: string, pieces: readonly Script[]): Script {
  return new Script(text, {
    files: pieces.flatMap(({ files }) => files),
    looks: pieces.flatMap(({ looks }) => looks),
  });
}

function render(value: ShellValue): Script {
  if (value instanceof Script) return value;
  if (value instanceof LocalFile) return onHost(value);
  if (typeof value === "string") return new Script(quote(value));
  if (typeof value === "number" && Number.isFinite(value)) return new Script(quote(String(value)));
  if (Array.isArray(value)) return join(value.map(render), " ");
  throw new RcmError(
    `Cannot put ${describe(value)} into a shell script: wanted a text, a number, a list or a script`,
    {
      code: "step",
    },
  );
}

function onHost(file: LocalFile): Script {
  return new Script(`"$${file.isLong ? "RCM_LONG" : "RCM_FILES"}"/${file.name}`, { files: [file] });
}

function describe(value: unknown): string {
  return value === null
    ? "null"
    : typeof value === "object"
      ? "an object"
      : `${typeof value} ${String(value)}`;
}

/**
 * One shell word that is exactly this text, in any POSIX shell.
 *
 * @example
 * quote("it's") // 'it'\''s'
 */
export function quote(text: string): string {
  if (text.includes("\0")) {
    throw new RcmError(
      `Cannot pass a text of ${text.length} characters to a shell: its character ${text.indexOf("\0") + 1} is a NUL`,
      {
        code: "step",
      },
    );
  }
  return `'${text.replaceAll("'", "'\\''")}'`;
}
