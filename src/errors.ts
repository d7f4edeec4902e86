/** A place in a file of the user's: counted from 1. */
export interface Position {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  /** The line itself, where it is known: of standard input there is no file to read it from. */
  readonly text?: string;
}

/** What kind of trouble an {@link RcmError} tells of; the exit code follows from it. */
export type ErrorCode =
  | "usage"
  | "inventory"
  | "runbook"
  | "flow"
  | "plan"
  | "nothing-matched"
  | "unreachable"
  | "host-key"
  | "auth"
  | "become"
  | "protocol"
  | "step"
  | "state"
  | "locked"
  | "interrupted";

/** The facts beside an error's message. */
export interface ErrorFacts {
  readonly code: ErrorCode;
  /** What to do next, in one sentence. */
  readonly hint?: string | undefined;
  readonly where?: Position | undefined;
  readonly cause?: unknown;
}

/**
 * An error that a user can act on. Its message says what was being done, with which value, and what was
 * wanted; everything else that is thrown is a bug.
 *
 * @example
 * throw new RcmError(`Cannot read the inventory "${path}": no such file`, { code: "inventory" });
 */
export class RcmError extends Error {
  override readonly name: string = "RcmError";
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly where: Position | undefined;

  constructor(message: string, { code, hint, where, cause }: ErrorFacts) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.hint = hint;
    this.where = where;
  }
}

/** Several errors found together, so that a user can mend them in one go. */
export class Problems extends RcmError {
  override readonly name = "Problems";
  readonly problems: readonly RcmError[];

  constructor(problems: readonly RcmError[], code: ErrorCode) {
    super(problems.map((problem) => problem.message).join("\n"), { code });
    this.problems = problems;
  }
}

/** Throws what was collected: nothing, the one error, or all of them as {@link Problems}. */
export function throwAll(problems: readonly RcmError[]): void {
  const [first, second] = problems;
  if (!first) return;
  if (!second) throw first;
  const codes = new Set(problems.map((problem) => problem.code));
  throw new Problems(problems, codes.size === 1 ? first.code : "plan");
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
