import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bootstrap } from "../../src/shell/bootstrap.ts";
import { CHANGED } from "../../src/shell/converging.ts";
import { quote } from "../../src/shell/script.ts";
import { trapPrograms } from "../../src/testing/index.ts";
import type { Shell } from "./shells.ts";

/** What became of many scripts that one shell ran, each in a directory of its own. */
export interface Batch {
  /** False when the script failed though it did all of its work. */
  succeeded(i: number): boolean;
  /** What the script printed. */
  output(i: number): Buffer;
  /** What lies in the directory that the script ran in. */
  files(i: number): ReadonlyMap<string, Buffer>;
  /** True when a trap sprang: some text was run as code. */
  readonly sprung: boolean;
  /** Directories with a file of the given name. */
  canaries(): readonly number[];
}

/** The name under which files stay in the fast part of a batch, since nothing is moved there. */
export const MADE = ".rcm.made";

/** Programs as functions, so that a thousand scripts do not start ten thousand processes. */
const FAST = `
chmod() { :; }; chown() { :; }; rm() { :; }; cat() { :; }; tr() { :; }; cmp() { :; }; cut() { :; }
stat() { echo 644; }; wc() { echo 1; }; sha256sum() { echo none; }
mktemp() { echo "\${1%.rcm.XXXXXX}${MADE}"; }; mv() { : >"$3"; }`;

/** Programs that would change the machine that the tests run on. */
const HARMLESS =
  "groupadd groupmod groupdel useradd usermod userdel chage chpasswd getent systemctl mount umount sysctl crontab"
    .split(" ")
    .map((program) => `${program}() { :; }`)
    .join("; ");

/**
 * Runs scripts in one shell as a session does: each in a subshell, without input. From the one given by `fast` on,
 * some programs are left out.
 */
export async function runBatch<T>(
  { program, args }: Shell,
  scripts: readonly string[],
  fast: number,
  look: (batch: Batch) => T,
): Promise<T> {
  const base = mkdtempSync(join(tmpdir(), "rcm-batch-"));
  try {
    const traps = trapPrograms(join(base, "traps"), join(base, "sprung"));
    for (const i of scripts.keys()) mkdirSync(join(base, String(i)));
    mkdirSync(join(base, "files"));
    writeFileSync(join(base, "script"), scriptOf(scripts, base, fast));
    const input = openSync(join(base, "script"), "r");
    const child = spawn(program, [...args], {
      stdio: [input, "ignore", "ignore"],
      env: { PATH: `${traps}:${process.env.PATH}`, HOME: base },
    });
    closeSync(input);
    await once(child, "close");
    return look(batchIn(base, scripts.length, fast));
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
}

function scriptOf(scripts: readonly string[], base: string, fast: number): string {
  return [
    bootstrap({ nonce: "0123456789abcdef", files: join(base, "files") }),
    // Nothing here has to wait, and nobody reads marks, which cost mksh a process each.
    HARMLESS,
    "sleep() { :; }; rcm_mark() { :; }; rcm_hold=0 rcm_did=0",
    ...scripts.map((script, i) =>
      [
        i === fast ? FAST : "",
        `cd ${join(base, String(i))}; ( rcm_here ${quote(script)}; rcm_c=$?; wait; exit $rcm_c ) </dev/null >../out-${i} 2>../err-${i}; echo $? >../exit-${i}`,
      ].join("\n"),
    ),
    "wait",
    "",
  ].join("\n");
}

function batchIn(base: string, count: number, fast: number): Batch {
  const filesOf = (i: number): Map<string, Buffer> => {
    const files = new Map<string, Buffer>();
    for (const entry of readdirSync(join(base, String(i)), { recursive: true, withFileTypes: true }))
      if (entry.isFile()) files.set(entry.name, readFileSync(join(entry.parentPath, entry.name)));
    return files;
  };
  const names = readdirSync(base);
  return {
    succeeded: (i) =>
      i >= fast || [0, CHANGED].includes(Number(readFileSync(join(base, `exit-${i}`), "utf8"))),
    output: (i) => readFileSync(join(base, `out-${i}`)),
    files: filesOf,
    sprung: names.includes("sprung") || names.includes("CANARY"),
    canaries: () =>
      Array.from({ length: count }, (_, i) => i).filter((i) =>
        readdirSync(join(base, String(i))).includes("CANARY"),
      ),
  };
}
