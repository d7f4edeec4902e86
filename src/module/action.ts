import { fileOf } from "../shell/file.ts";
import { type Script, sh } from "../shell/script.ts";
import type { Outcome } from "./outcome.ts";
import type { Answer, Mode, Work } from "./work.ts";

/** Longer standard input goes as a file: Linux takes arguments of at most 128 KiB, where `printf` is a program. */
const MAX_INLINE = 32 * 1024;

/** What a finished script is judged by. */
export interface ActionResult {
  readonly exitCode: number;
  /** The end of what it printed, at most 64 KiB. */
  readonly stdout: string;
  readonly stderr: string;
}

/** What a script that only looks has found. */
export interface Report<Output = unknown> {
  /** One line for people. */
  readonly message: string;
  /** The step's output. */
  readonly output: Output;
}

/** A script whose effect is not state. It counts as changed unless a guard holds it back or `changedWhen` says no. */
export interface Action {
  readonly script: Script;
  /** What the script reads on standard input; nothing when left out. */
  readonly stdin?: string | undefined;
  /** What a dry run says after `would`: `execute: systemctl restart app`. */
  readonly describe: string;
  /** A path: when it exists, the script is not run. */
  readonly creates?: string | undefined;
  /** A path: when it does not exist, the script is not run. */
  readonly removes?: string | undefined;
  /** A script: when it succeeds, the action is not run. */
  readonly unless?: Script | undefined;
  /** A script: when it fails, the action is not run. */
  readonly onlyIf?: Script | undefined;
  /** Whether it counts as a change that the script was run. */
  readonly changedWhen?: boolean | ((result: ActionResult) => boolean) | undefined;
  /** Whether it failed; when left out, an exit status other than 0 says so. */
  readonly failedWhen?: ((result: ActionResult) => boolean) | undefined;
  /**
   * For a script that only looks: makes the step's output of what it printed, which is not shown itself. It is never a
   * change, and a dry run looks as well.
   */
  readonly report?: ((printed: string) => Report) | undefined;
}

/** The work of an action: one script, guards included. */
export function act(action: Action, mode: Mode): Work {
  const guarding = guards(action).filter((guard) => guard !== false);
  const isGuarded = guarding.length > 0;
  const isInline =
    action.script.isInline && action.stdin === undefined && !isGuarded && !action.report && mode !== "check";
  const script = isInline ? action.script : sh.lines(...guarding, ...unguarded(action, mode));
  const first = { script: script.text, isInline, files: script.files };
  const { changedWhen = action.report === undefined, failedWhen } = action;
  return {
    kind: changedWhen === false ? "quiet" : "action",
    isPlain: typeof changedWhen !== "function" && failedWhen === undefined && !isGuarded,
    first,
    files: [],
    next: async (answer) => ({ outcome: judge(action, answer) }),
    again: async () => first,
    foresee: () => undefined,
  };
}

/** What is run where no guard holds it back. */
function unguarded(action: Action, mode: Mode): readonly Script[] {
  if (action.report) return [looking(action)];
  return mode === "check" ? [sh`rcm_record 0 would ''`] : [sh`set -e`, reading(action)];
}

/** What it prints becomes a value for this side, rather than the step's output. */
function looking(action: Action): Script {
  return sh`rcm_mark "r 0 said"; set +e
( set -e
${reading(action)}
)
rcm_a=$?; rcm_mark o; exit $rcm_a`;
}

function reading({ script, stdin }: Action): Script {
  if (stdin === undefined) return script;
  const isInline = Buffer.byteLength(stdin) <= MAX_INLINE && !stdin.includes("\0");
  return isInline
    ? sh`rcm_put ${stdin} | {
${script}
}`
    : sh`{
${script}
} <${fileOf(stdin)}`;
}

function guards({ creates, removes, unless, onlyIf }: Action): Array<Script | false> {
  const held = (why: string): Script => sh`rcm_record 0 held ${why}; exit 0`;
  return [
    creates !== undefined &&
      sh`if [ -e ${creates} ] || [ -L ${creates} ]; then ${held(`${creates} exists`)}; fi`,
    removes !== undefined &&
      sh`if ! [ -e ${removes} ] && ! [ -L ${removes} ]; then ${held(`${removes} does not exist`)}; fi`,
    unless !== undefined &&
      sh`if ( ${unless}
) >/dev/null 2>&1; then ${held("the condition of unless holds")}; fi`,
    onlyIf !== undefined &&
      sh`if ! ( ${onlyIf}
) >/dev/null 2>&1; then ${held("the condition of onlyIf does not hold")}; fi`,
  ];
}

function judge(action: Action, answer: Answer): Outcome {
  const record = answer.records.find(({ words }) => words[0] === "0");
  if (record?.words[1] === "held")
    return { status: "ok", message: `not run: ${record.data.toString()}`, changes: [] };
  const status = action.changedWhen === false ? "ok" : "changed";
  if (record?.words[1] === "would") return { status, message: `would ${action.describe}`, changes: [] };
  const { exitCode, stdout, stderr } = answer;
  if (action.report && exitCode === 0) {
    const printed = record?.words[1] === "said" ? record.data.toString("utf8") : "";
    return { status: "ok", changes: [], exitCode, command: action.describe, ...action.report(printed) };
  }
  const output = answer.isReceipt ? undefined : stdout;
  const facts = { changes: [], exitCode, output, command: action.describe };
  const { failedWhen } = action;
  if (failedWhen?.({ exitCode, stdout, stderr }) ?? exitCode !== 0) {
    const why = failedWhen ? "failedWhen holds: " : "";
    return { ...facts, status: "failed", message: "", error: `${why}${failure(exitCode, stderr)}` };
  }
  const { changedWhen = true } = action;
  const changed = typeof changedWhen === "function" ? changedWhen({ exitCode, stdout, stderr }) : changedWhen;
  const message = answer.isReceipt ? "had been run already; its output was lost with the connection" : "";
  return { ...facts, status: changed ? "changed" : "ok", message };
}

function failure(exitCode: number, stderr: string): string {
  const last = stderr.trimEnd().split("\n").at(-1) ?? "";
  return `exit status ${exitCode}${last ? `: ${last}` : ""}`;
}
