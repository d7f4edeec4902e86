import { type Position, RcmError, throwAll } from "../errors.ts";

const SHOWN_AT_MOST = 50;

/** What loading finds wrong or odd, collected so that a user can mend it in one go. */
export class Findings {
  readonly #problems = new Map<string, RcmError>();
  readonly #warnings = new Set<string>();

  /** What was odd, each once, in the order it was found. */
  get warnings(): readonly string[] {
    return [...this.#warnings];
  }

  /** Notes a problem; the same one at the same place counts once, however many hosts share it. */
  fail(message: string, where?: Position, hint?: string): void {
    this.#problems.set(
      `${place(where)}${message}`,
      new RcmError(message, { code: "inventory", where, hint }),
    );
  }

  /** Notes something that stops nothing. */
  warn(message: string, where?: Position): void {
    this.#warnings.add(`${place(where)}${message}`);
  }

  /** Throws the problems found so far, if there are any. */
  throwIfAny(): void {
    const problems = inFileOrder([...this.#problems.values()]);
    const rest = problems.splice(SHOWN_AT_MOST).length;
    const more = new RcmError(`… and ${rest} more problems in the inventory`, { code: "inventory" });
    throwAll(rest > 0 ? [...problems, more] : problems);
  }
}

/** Files in the order in which they were read, and each from its top. */
function inFileOrder(problems: readonly RcmError[]): RcmError[] {
  const files = [...new Set(problems.map((problem) => problem.where?.file))];
  const rank = ({ where }: RcmError): readonly [number, number, number] => {
    return [files.indexOf(where?.file), where?.line ?? 0, where?.column ?? 0];
  };
  return problems.toSorted((a, b) => {
    const [fileA, lineA, columnA] = rank(a);
    const [fileB, lineB, columnB] = rank(b);
    return fileA - fileB || lineA - lineB || columnA - columnB;
  });
}

/** A place as `file:line:column`. */
export function placeOf(where: Position): string {
  return [where.file, where.line, where.column].filter((part) => part !== undefined).join(":");
}

function place(where: Position | undefined): string {
  return where ? `${placeOf(where)}: ` : "";
}
