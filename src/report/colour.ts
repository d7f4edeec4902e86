/** The parts of an environment and a stream that tell whether to use colour. */
export interface ColourFacts {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isTTY: boolean;
}

/** Whether to use colour: NO_COLOR, else FORCE_COLOR or CLICOLOR_FORCE, else only on a terminal that has it. */
export function wantsColour({ env, isTTY }: ColourFacts): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== "0" && env.FORCE_COLOR !== "false";
  if (env.CLICOLOR_FORCE !== undefined && env.CLICOLOR_FORCE !== "0") return true;
  return isTTY && env.TERM !== "dumb" && env.CLICOLOR !== "0";
}

/** What a piece of text is, which decides its colour. */
export type Style = keyof typeof CODES;

/** The users of Ansible know these colours. Each needs a word or a sign beside it. */
const CODES = {
  plain: "",
  bold: "1",
  dim: "2",
  ok: "32",
  changed: "33",
  skipped: "36",
  running: "1;34",
  failed: "31",
  unreachable: "91",
  added: "32",
  removed: "31",
  hunk: "36",
} as const;

/** Puts a style on a text that holds no control characters. */
export type Paint = (style: Style, text: string) => string;

/** The paint for a stream: without colour it leaves every text as it is. */
export function painter(colour: boolean): Paint {
  if (!colour) return (_style, text) => text;
  return (style, text) => {
    const code = CODES[style];
    return code === "" || text === "" ? text : `\x1b[${code}m${text}\x1b[0m`;
  };
}
