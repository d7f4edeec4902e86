import { define } from "../define.ts";
import { rounded } from "../kinds/decimal.ts";
import { int, listOf, number, numeric, optional } from "../params.ts";
import { exact, finite, floorDivision, sumOf } from "./exact.ts";

/** Functions that calculate. */
export const ARITHMETIC = [
  define({
    name: "abs",
    category: "Numbers",
    params: [numeric("number")],
    summary: "The number without its sign.",
    examples: [
      ["abs(-12.4)", "12.4"],
      ["abs(23)", "23"],
    ],
    call: ([number]) => Math.abs(number),
  }),
  define({
    name: "ceil",
    category: "Numbers",
    params: [number("number")],
    summary: "The number rounded up to a whole one.",
    examples: [
      ["ceil(5.1)", "6"],
      ["ceil(-5.9)", "-5"],
    ],
    call: ([number]) => finite(Math.ceil(number)),
  }),
  define({
    name: "divmod",
    category: "Numbers",
    params: [numeric("a"), numeric("b")],
    summary: "The quotient rounded down and what is left, which has the sign of the divisor.",
    examples: [
      ["divmod(7, 2)", "[3, 1]"],
      ["divmod(-7, 2)", "[-4, 1]"],
    ],
    call: ([a, b]) => [...floorDivision(a, b)],
  }),
  define({
    name: "floor",
    category: "Numbers",
    params: [number("number")],
    summary: "The number rounded down to a whole one.",
    examples: [
      ["floor(4.9)", "4"],
      ["floor(-4.1)", "-5"],
    ],
    call: ([number]) => finite(Math.floor(number)),
  }),
  define({
    name: "log",
    category: "Numbers",
    params: [number("number"), number("base")],
    summary: "The logarithm of a number to a base.",
    examples: [
      ["log(50, 10)", "1.6989700043360185"],
      ["log(16, 2)", "4"],
    ],
    call: ([number, base]) => finite(Math.log(number) / Math.log(base)),
  }),
  define({
    name: "pow",
    category: "Numbers",
    params: [numeric("base"), numeric("exponent"), optional(int("modulus"))],
    summary: "A number to the power of another one; with a modulus, what is left when that divides it.",
    examples: [
      ["pow(3, 2)", "9"],
      ["pow(2, -1)", "0.5"],
      ["pow(7, 100, 13)", "9"],
    ],
    call: ([base, exponent, modulus]) =>
      modulus === undefined ? power(base, exponent) : powerModulo(base, exponent, modulus),
  }),
  define({
    name: "round",
    category: "Numbers",
    params: [numeric("number"), optional(int("digits", { min: -400, max: 400 }))],
    summary: "The number rounded to so many digits behind the point, or to a whole one.",
    details: "Python's: exactly, and halves to the even digit. Fewer digits than 0 round to tens, hundreds …",
    examples: [
      ["round(2.5)", "2"],
      ["round(3.14159, 2)", "3.14"],
      ["round(1250, -2)", "1200"],
    ],
    call: ([number, digits = 0]) => rounded(number, digits),
  }),
  define({
    name: "signum",
    category: "Numbers",
    params: [number("number")],
    summary: "-1, 0 or 1: the sign of the number.",
    examples: [
      ["signum(-13)", "-1"],
      ["signum(0)", "0"],
      ["signum(344)", "1"],
    ],
    call: ([number]) => finite(Math.sign(number)),
  }),
  define({
    name: "sum",
    category: "Numbers",
    params: [listOf(numeric("numbers")), optional(numeric("start"))],
    summary: "The sum of a list of numbers; `true` counts as 1.",
    examples: [
      ["sum([10, 13, 6, 4.5])", "33.5"],
      ["sum([], 5)", "5"],
      ["sum([for n in [1, 5, 9] : n > 3])", "2"],
    ],
    call: ([numbers, start = 0]) => sumOf(numbers, start),
  }),
];

function power(base: number, exponent: number): number {
  if (base === 0 && exponent < 0) throw new Error("0 has no negative power");
  const result = finite(base ** exponent);
  const isWhole = Number.isInteger(base) && Number.isInteger(exponent) && exponent >= 0;
  return !isWhole || Number.isSafeInteger(result) ? result : exact(BigInt(base) ** BigInt(exponent));
}

function powerModulo(base: number, exponent: number, modulus: number): number {
  if (modulus === 0) throw new Error("the modulus is 0; expected another number");
  if (![base, exponent].every(Number.isInteger) || exponent < 0) {
    throw new Error("with a modulus, base and exponent are whole numbers, and the exponent is not negative");
  }
  const by = BigInt(modulus);
  let result = 1n;
  let square = BigInt(base) % by;
  for (let left = BigInt(exponent); left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * square) % by;
    square = (square * square) % by;
  }
  return exact(((result % by) + by) % by);
}
