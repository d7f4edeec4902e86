import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { test } from "vitest";

/** A shell that hosts have as `sh`. */
export interface Shell {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
}

const ALL: readonly Shell[] = [
  { name: "dash", program: "/bin/dash", args: [] },
  { name: "bash", program: "/bin/bash", args: ["--posix"] },
  { name: "busybox", program: "/usr/bin/busybox", args: ["sh"] },
  { name: "mksh", program: "/usr/bin/mksh", args: [] },
];

/** The shells that this machine has. */
export const SHELLS = ALL.filter(({ program }) => existsSync(program));

/** Says which shells nothing was proved for; where everything must be proved, that is a failure. */
export function tellMissingShells(): void {
  for (const { name, program } of ALL.filter((shell) => !SHELLS.includes(shell))) {
    test.skipIf(!process.env.CI)(`${name} is installed`, () => {
      throw new Error(`there is no ${program}: nothing was tried with ${name}`);
    });
  }
}

/** The command that starts it. */
export const commandOf = ({ program, args }: Shell): string => [program, ...args].join(" ");

/** A folder with busybox under all of its names, as on Alpine. */
export function busyboxPrograms(folder: string): string {
  execFileSync("/usr/bin/busybox", ["--install", "-s", folder]);
  return folder;
}
