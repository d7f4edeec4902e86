import { Problems, RcmError } from "../../errors.ts";

/** The value in a list; an empty list when there is none, and the mistake is put to the others. */
export function collecting<T>(problems: RcmError[], work: () => T): readonly T[] {
  try {
    return [work()];
  } catch (error) {
    if (!(error instanceof RcmError)) throw error;
    problems.push(...(error instanceof Problems ? error.problems : [error]));
    return [];
  }
}
