import { quote } from "./script.ts";

/** What a session's shell is told first. */
export interface BootstrapOptions {
  /** Random hexadecimal text that marks the session's frames. */
  readonly nonce: string;
  /** Directory on the host where local files arrive. */
  readonly files: string;
}

/**
 * The functions that every session's shell has. A step's body is evaluated in a subshell without standard input:
 * `exit`, a syntax error, `cat` or a background child cannot end the session or swallow what follows.
 */
export function bootstrap({ nonce, files }: BootstrapOptions): string {
  return [
    `rcm_n=${quote(nonce)} RCM_FILES=${quote(files)}; export RCM_FILES`,
    // The path that sshd gives a user's non-interactive shell lacks these on many systems.
    "PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin; export PATH",
    `rcm_mark() { printf '\\036%s\\037%s\\036' "$rcm_n" "$1"; }`,
    // Values may be longer than an argument, so what prints them must be built in; mksh has no such printf.
    `rcm_put() { printf %s "$1"; }`,
    `if [ -n "\${KSH_VERSION-}" ]; then case $(type print 2>/dev/null) in *builtin*) rcm_put() { print -rn -- "$1"; } ;; esac; fi`,
    // A probe may say no by its exit status; a command that is not there is an error.
    `rcm_probe() { ( eval "$1" ); rcm_p=$?; [ "$rcm_p" -lt 126 ] || exit "$rcm_p"; }`,
    `rcm_exact() { rcm_probe "$1"; printf x; }`,
    `rcm_record() { rcm_mark "r $1 $2"; rcm_put "$3"; rcm_mark o; }`,
    `rcm_step() { rcm_mark "b $1"; rcm_mark "b $1" >&2; ( eval "$2" ) </dev/null; rcm_mark "e $1 $?"; rcm_mark "e $1" >&2; }`,
    `rcm_mark "h $$"`,
    "",
  ].join("\n");
}

/** The line that runs a step's body in a session. */
export function stepLine(sequence: number, body: string): string {
  return `rcm_step ${sequence} ${quote(body)}\n`;
}
