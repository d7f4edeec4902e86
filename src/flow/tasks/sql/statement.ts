/** A statement with numbered places for its values. */
export interface Prepared {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Strings, names in quotes, comments and casts stay as they are. */
const PIECES =
  /'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|--[^\n]*|\/\*[\s\S]*?\*\/|\$([A-Za-z_]\w*)?\$[\s\S]*?\$\1\$|::|\\:|:([A-Za-z_]\w*)/g;

/**
 * Puts places for values where a statement has names such as `:name`.
 *
 * @param place how the database writes the n-th place, from 1
 * @throws Error for a name without a value
 */
export function prepareStatement(
  statement: string,
  parameters: Readonly<Record<string, unknown>>,
  place: (n: number) => string,
): Prepared {
  const values: unknown[] = [];
  const text = statement.replaceAll(PIECES, (piece, _tag: unknown, name: string | undefined) => {
    if (piece === "\\:") return ":";
    if (name === undefined) return piece;
    if (!Object.hasOwn(parameters, name))
      throw new Error(`the statement has no value for :${name} in its parameters`);
    values.push(parameters[name]);
    return place(values.length);
  });
  return { text, values };
}
