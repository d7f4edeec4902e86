/** A number with so many digits behind the point, rounded exactly, halves to the even digit. */
export function fixed(value: number, places: number): string {
  const scaled = roundedTo(Math.abs(value), places)
    .toString()
    .padStart(places + 1, "0");
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  return places === 0 ? sign + scaled : `${sign}${scaled.slice(0, -places)}.${scaled.slice(-places)}`;
}

/** A number with one digit before the point and so many behind it: its mantissa, and its power of ten. */
export function scientific(value: number, places: number): readonly [mantissa: string, power: number] {
  if (value === 0) return [fixed(value, places), 0];
  let power = powerOf(value);
  let digits = roundedTo(Math.abs(value), places - power).toString();
  if (digits.length > places + 1) {
    power++;
    digits = roundedTo(Math.abs(value), places - power).toString();
  }
  const sign = value < 0 ? "-" : "";
  return [places === 0 ? sign + digits : `${sign}${digits[0]}.${digits.slice(1)}`, power];
}

/** The number rounded to so many places, less than 0 for tens and hundreds; halves to the even digit. */
export function rounded(value: number, places: number): number {
  const magnitude = roundedTo(Math.abs(value), places);
  const number = Number(`${magnitude}e${-places}`);
  return number === 0 ? 0 : Math.sign(value) * number;
}

/** The power of ten of the first digit of a number that is not 0. */
function powerOf(value: number): number {
  return Number(Math.abs(value).toExponential(20).split("e")[1]);
}

/** `value · 10^places` as a whole number, worked out without error. */
function roundedTo(value: number, places: number): bigint {
  let [numerator, denominator] = fractionOf(value);
  if (places >= 0) numerator *= 10n ** BigInt(places);
  else denominator *= 10n ** BigInt(-places);
  const whole = numerator / denominator;
  const twice = (numerator % denominator) * 2n;
  const up = twice > denominator || (twice === denominator && whole % 2n === 1n);
  return up ? whole + 1n : whole;
}

/** What a double is exactly. */
function fractionOf(value: number): [bigint, bigint] {
  let numerator = value;
  let power = 0;
  while (!Number.isInteger(numerator)) {
    numerator *= 2;
    power++;
  }
  return [BigInt(numerator), 2n ** BigInt(power)];
}
