/** A line of `authorized_keys`: options, kind, key, comment. */
export const LINE =
  /^(?:((?:[^\s"]|"(?:\\.|[^"\\])*")+)\s+)?((?:ssh|ecdsa|sk)-[\w@.-]+)\s+([A-Za-z0-9+/]{20,}={0,3})(?:\s+(\S.*))?$/;

/** What a line of `authorized_keys` says. */
export interface Key {
  readonly options: string | undefined;
  readonly kind: string;
  readonly blob: string;
  readonly comment: string | undefined;
}

/** What a line says; undefined for one that is no key. */
export function parse(line: string): Key | undefined {
  const [, options, kind, blob, comment] = LINE.exec(line.trim()) ?? [];
  return kind === undefined || blob === undefined ? undefined : { options, kind, blob, comment };
}

/** The keys in a text, a line each. */
export function linesOf(value: string): string[] {
  const lines = value.split("\n").map((line) => line.trim());
  return lines.filter((line) => line !== "" && !line.startsWith("#"));
}

/** A key as it is written. */
export function lineOf({ options, kind, blob, comment }: Key): string {
  return [options, kind, blob, comment].filter((part) => part !== undefined).join(" ");
}
