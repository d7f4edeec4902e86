/** More digits than any double needs; longer texts are refused before they are worked with. */
const MOST_DIGITS = 1100;

/** A whole number as Python's `int` reads it: white space around it, and `_` between digits. */
export function readInt(text: string, base: number): bigint {
  const [, sign = "", prefix = "", digits = ""] =
    /^\s*([-+]?)(?:(0[xob])_?(?=[0-9a-z]))?([0-9a-z]+(?:_[0-9a-z]+)*)\s*$/i.exec(
      text.slice(0, MOST_DIGITS),
    ) ?? [];
  const prefixBase = { "0x": 16, "0o": 8, "0b": 2 }[prefix.toLowerCase()];
  const isPrefix = prefixBase !== undefined && (base === 0 || base === prefixBase);
  const all = (isPrefix ? digits : prefix + digits).replaceAll("_", "");
  const actual = isPrefix ? prefixBase : base === 0 ? 10 : base;
  const valid = Array.from(all.toLowerCase(), (digit) => Number.parseInt(digit, 36)).every(
    (value) => value < actual,
  );
  const ambiguous = base === 0 && !isPrefix && /^0+[1-9]/.test(all);
  if (text.length > MOST_DIGITS || all === "" || !valid || ambiguous || actual < 2) {
    throw new Error(`${JSON.stringify(text.slice(0, 40))} is no whole number to the base ${base}`);
  }
  const magnitude = Array.from(all, (digit) => BigInt(Number.parseInt(digit, 36))).reduce(
    (total, value) => total * BigInt(actual) + value,
    0n,
  );
  return sign === "-" ? -magnitude : magnitude;
}

/** A number as Python's `float` reads it. */
export function readFloat(text: string): number {
  const digits = "\\d+(?:_\\d+)*";
  const form = new RegExp(
    `^\\s*[-+]?(?:${digits}\\.?(?:${digits})?|\\.${digits})(?:e[-+]?${digits})?\\s*$`,
    "i",
  );
  const number = Number(text.slice(0, MOST_DIGITS).replaceAll("_", ""));
  if (text.length > MOST_DIGITS || !form.test(text) || !Number.isFinite(number)) {
    throw new Error(`${JSON.stringify(text.slice(0, 40))} is no number, or one that is too large`);
  }
  return number + 0;
}
