/** TypeScript for a value, and what is known of it. */
export interface Code {
  readonly code: string;
  /** It reads the run's context: it is known only when its step is due. */
  readonly isDue: boolean;
  /** Its type is `string`. */
  readonly isText: boolean;
  /** Its type is what it is used for, or `any`. */
  readonly fits: boolean;
  /** It may be null, which means that nothing is given. */
  readonly mayBeNull: boolean;
  /** Names of the sensitive params that it reads. */
  readonly secrets: readonly string[];
}

const PLAIN: Omit<Code, "code"> = { isDue: false, isText: false, fits: true, mayBeNull: false, secrets: [] };

/** Code of which nothing special is known but what is said. */
export function codeOf(code: string, known: Partial<Omit<Code, "code">> = {}): Code {
  return { ...PLAIN, ...known, code };
}

/** What is known of code that is made of other code. */
export function partsOf(parts: readonly Code[]): Pick<Code, "isDue" | "secrets"> {
  return {
    isDue: parts.some(({ isDue }) => isDue),
    secrets: [...new Set(parts.flatMap(({ secrets }) => secrets))],
  };
}
