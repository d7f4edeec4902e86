import type { Output } from "./options.ts";

/** How events are shown. */
export type Format = "tree" | "plain" | "log" | "ndjson";

type Environment = Readonly<Record<string, string | undefined>>;

/** The format when the user names none: a tree where someone watches, else lines. */
export function defaultFormat(env: Environment, stdout: { readonly isTTY?: boolean }): Format {
  const watched = stdout.isTTY === true && env.TERM !== "dumb" && !isSet(env.CI);
  return watched ? "tree" : "plain";
}

/** Whether the terminal shows more than ASCII. */
export function wantsUnicode(env: Environment): boolean {
  if (env.TERM === "linux") return false;
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG;
  return locale === undefined || locale === "" || /utf-?8/i.test(locale);
}

/** The same stream for a terminal that has only ASCII: each of our signs becomes one, of the same width. */
export function asciiOutput(output: Output): Output {
  return Object.assign(Object.create(output) as Output, {
    write: (text: string, done?: () => void) => output.write(toAscii(text), done),
    on: output.on?.bind(output),
    off: output.off?.bind(output),
  });
}

function toAscii(text: string): string {
  return text.replace(/[├└│─…→·✓✗⊘▸↻⋮]/g, (sign) => ASCII[sign] ?? "?");
}

const ASCII: Readonly<Record<string, string>> = {
  "├": "|",
  "└": "`",
  "│": "|",
  "─": "-",
  "…": "~",
  "→": ">",
  "·": ".",
  "✓": "+",
  "✗": "x",
  "⊘": "=",
  "▸": ">",
  "↻": "@",
  "⋮": ":",
};

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== "" && value !== "0" && value !== "false";
}
