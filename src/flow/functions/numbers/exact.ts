import { numberText } from "../../evaluate/convert.ts";

/**
 * A whole number as the language's number.
 *
 * @throws Error when it cannot be held exactly
 */
export function exact(value: bigint): number {
  const number = Number(value);
  if (Number.isFinite(number) && BigInt(number) === value) return number;
  throw new Error(`${shortened(value.toString())} is too large to be held exactly`);
}

/** The sum of numbers; exact, or refused, where all are whole. */
export function sumOf(numbers: readonly number[], start: number): number {
  const all = [start, ...numbers];
  const sum = all.reduce((total, number) => total + number, 0);
  if (Number.isSafeInteger(sum) || !all.every(Number.isInteger)) return finite(sum);
  return exact(all.reduce((total, number) => total + BigInt(number), 0n));
}

/** A number that arose, if it is one. */
export function finite(number: number): number {
  if (Number.isNaN(number)) throw new Error("the result is no number");
  if (!Number.isFinite(number)) throw new Error("the result is too large");
  return number === 0 ? 0 : number;
}

/** What `//` is in Python: the quotient rounded down. */
export function floorDivision(a: number, b: number): readonly [quotient: number, remainder: number] {
  if (b === 0) throw new Error(`division by zero: ${numberText(a)} / 0`);
  if (Number.isInteger(a) && Number.isInteger(b)) {
    const [x, y] = [BigInt(a), BigInt(b)];
    const remainder = ((x % y) + y) % y;
    return [exact((x - remainder) / y), exact(remainder)];
  }
  const rest = a % b;
  const remainder = rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
  return [finite(Math.round((a - remainder) / b)), finite(remainder)];
}

function shortened(digits: string): string {
  return digits.length > 40 ? `A number of ${digits.length} digits` : digits;
}
