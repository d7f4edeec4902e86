import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Runs in whatever shell takes a value for code. */
const CODE = "touch CANARY";

/**
 * Texts that become something else where a shell reads them unquoted, or a program takes them for an option. Most
 * create a file `CANARY` in the working directory then.
 */
export const HOSTILE_VALUES: readonly string[] = [
  `$(${CODE})`,
  `\`${CODE}\``,
  `; ${CODE};`,
  `&& ${CODE}`,
  `|| ${CODE} #`,
  `| ${CODE} &`,
  `'; ${CODE}; '`,
  `"; ${CODE}; "`,
  `'"'"'; ${CODE}; '"'"'`,
  `\\'; ${CODE}; \\'`,
  `'\\''; ${CODE}; '\\''`,
  `"$(${CODE})"`,
  `'$(${CODE})'`,
  `\${x:-$(${CODE})}`,
  `$((a[$(${CODE})]))`,
  `$'\\''; ${CODE}; '`,
  `x' >CANARY '`,
  `) ${CODE} (`,
  `}; ${CODE}; {`,
  `>CANARY`,
  `<(${CODE})`,
  `-e ${CODE}`,
  "-rf",
  "--",
  "--help",
  "-",
  "~",
  "*",
  "[a-z]?{a,b}",
  "!! !$",
  "$HOME$PATH$IFS$0$1$@",
  "%s%n%d\\n\\0101",
  "\\",
  "\\\\\\",
  "'",
  '"',
  " leading and trailing ",
  "\ttab",
  "=",
  "a=b",
  "!",
  "(",
  "-n",
  "a\u0301é 日本語 😀 \u202E \u2028 \uFEFF",
  "\u0001\u001b[31m\u007f",
  "\u001e\u001f",
  "q".repeat(200),
];

/** Hostile texts of more than one line. */
export const HOSTILE_LINES: readonly string[] = [
  `\n${CODE}\n`,
  `a\n$(${CODE})\n'\n${CODE}`,
  `EOF\n${CODE}\nEOF\nrcm_end\n${CODE}\n`,
  "\r\n\r",
  "\n",
];

/** Words that hostile values begin with: programs of these names are set as traps. */
const TRAPS = ["-rf", "--", "-", "*", "a", "q", "x", "=", "EOF", "rcm_end"];

/** Makes a folder of programs that create the file given when one of them is run; for the front of `PATH`. */
export function trapPrograms(folder: string, canary: string): string {
  mkdirSync(folder, { recursive: true });
  for (const name of TRAPS) {
    const program = join(folder, name);
    writeFileSync(program, `#!/bin/sh\n: >'${canary}'\n`);
    chmodSync(program, 0o755);
  }
  return folder;
}
