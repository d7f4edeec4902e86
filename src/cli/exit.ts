import { type ErrorCode, RcmError } from "../errors.ts";

/** Exit codes, one meaning each; they are documented in docs/cli.md. */
export const EXIT = {
  ok: 0,
  usage: 1,
  failed: 2,
  nothingMatched: 3,
  unreachable: 4,
  locked: 7,
  changes: 10,
  bug: 70,
  interrupted: 130,
  terminated: 143,
} as const;

const BY_CODE: Readonly<Partial<Record<ErrorCode, number>>> = {
  "nothing-matched": EXIT.nothingMatched,
  unreachable: EXIT.unreachable,
  "host-key": EXIT.unreachable,
  auth: EXIT.usage,
  step: EXIT.failed,
  state: EXIT.failed,
  locked: EXIT.locked,
  interrupted: EXIT.interrupted,
};

/** The exit code for something that was thrown. */
export function exitCodeOf(thrown: unknown): number {
  return thrown instanceof RcmError ? (BY_CODE[thrown.code] ?? EXIT.usage) : EXIT.bug;
}
