/** What Python's format specifications say: `[[fill]align][sign][#][0][width][grouping][.precision][type]`. */
export interface FormatSpec {
  readonly fill: string;
  readonly align: "<" | ">" | "=" | "^" | undefined;
  readonly sign: "+" | "-" | " ";
  /** A `0` before the width: fill with zeros behind the sign. */
  readonly zero: boolean;
  readonly noNegativeZero: boolean;
  readonly alternate: boolean;
  readonly width: number;
  readonly grouping: "" | "," | "_";
  readonly precision: number | undefined;
  readonly type: string;
}

const SPEC =
  /^(?:(?<fill>.)?(?<align>[<>=^]))?(?<sign>[-+ ])?(?<z>z)?(?<alternate>#)?(?<zero>0)?(?<width>\d+)?(?<grouping>[,_])?(?:\.(?<precision>\d+))?(?<type>[bcdeEfFgGnosxX%])?$/su;

/** The widest field, and the most digits behind the point. */
const WIDEST = 10_000;

/** @throws Error when it is none, or wants a field that is too wide */
export function readSpec(text: string): FormatSpec {
  const groups = SPEC.exec(text)?.groups;
  if (!groups) {
    throw new Error(
      `${JSON.stringify(text)} is no format; expected fill, alignment, sign, "#", "0", width, "," or "_", "." and precision, and type, such as ">8" or ".2f"`,
    );
  }
  const { fill, align, sign, z, alternate, zero, width, grouping, precision, type } = groups;
  for (const size of [width, precision]) {
    if (Number(size ?? 0) > WIDEST) throw new Error(`${size} is too wide; at most ${WIDEST} is allowed`);
  }
  return {
    fill: fill ?? (zero ? "0" : " "),
    align: align as FormatSpec["align"],
    zero: zero !== undefined,
    sign: (sign as FormatSpec["sign"]) ?? "-",
    noNegativeZero: z !== undefined,
    alternate: alternate !== undefined,
    width: Number(width ?? 0),
    grouping: (grouping as FormatSpec["grouping"]) ?? "",
    precision: precision === undefined ? undefined : Number(precision),
    type: type ?? "",
  };
}
