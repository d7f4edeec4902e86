import type { DateTime } from "../kinds/date-time.ts";
import { DAYS, dayOfYear, isoWeek, MONTHS, weekday } from "./calendar.ts";

type Part = (date: DateTime) => string | number;

/** Numbers with the width that they have. */
const NUMBERS: Readonly<Record<string, readonly [width: number, part: Part]>> = {
  d: [2, ({ wall }) => wall.day],
  m: [2, ({ wall }) => wall.month],
  y: [2, ({ wall }) => wall.year % 100],
  Y: [4, ({ wall }) => wall.year],
  H: [2, ({ wall }) => wall.hour],
  I: [2, ({ wall }) => wall.hour % 12 || 12],
  M: [2, ({ wall }) => wall.minute],
  S: [2, ({ wall }) => wall.second],
  f: [6, ({ wall }) => wall.microsecond],
  j: [3, ({ wall }) => dayOfYear(wall)],
  U: [2, ({ wall }) => Math.floor((dayOfYear(wall) + 6 - weekday(wall)) / 7)],
  W: [2, ({ wall }) => Math.floor((dayOfYear(wall) + 6 - ((weekday(wall) + 6) % 7)) / 7)],
  G: [4, ({ wall }) => isoWeek(wall).year],
  V: [2, ({ wall }) => isoWeek(wall).week],
};

const TEXTS: Readonly<Record<string, Part>> = {
  a: ({ wall }) => (DAYS[weekday(wall)] ?? "").slice(0, 3),
  A: ({ wall }) => DAYS[weekday(wall)] ?? "",
  b: ({ wall }) => (MONTHS[wall.month - 1] ?? "").slice(0, 3),
  B: ({ wall }) => MONTHS[wall.month - 1] ?? "",
  p: ({ wall }) => (wall.hour < 12 ? "AM" : "PM"),
  w: ({ wall }) => weekday(wall),
  u: ({ wall }) => weekday(wall) || 7,
  e: ({ wall }) => String(wall.day).padStart(2),
  z: (date) => date.offsetText(""),
  Z: (date) => (date.offset === undefined ? "" : date.offset === 0 ? "UTC" : `UTC${date.offsetText(":")}`),
  "%": () => "%",
};

/** Those that stand for several. */
const WHOLE: Readonly<Record<string, string>> = {
  c: "%a %b %e %H:%M:%S %Y",
  x: "%m/%d/%y",
  X: "%H:%M:%S",
  D: "%m/%d/%y",
  F: "%Y-%m-%d",
  R: "%H:%M",
  T: "%H:%M:%S",
  h: "%b",
};

/**
 * A date as text by Python's directives, in the C locale; `%-d` is without the zeros.
 *
 * @throws Error naming a directive that is none
 */
export function strftime(date: DateTime, format: string): string {
  return format.replaceAll(/%(-?)(.|$)/gsu, (directive, short: string, letter: string) => {
    const whole = WHOLE[letter];
    if (whole) return strftime(date, whole);
    const number = NUMBERS[letter];
    if (number) return String(number[1](date)).padStart(short ? 0 : number[0], "0");
    const text = TEXTS[letter];
    if (text) return String(text(date));
    throw new Error(`"${directive}" is no part of a date; expected one such as %Y, %m, %d, %H, %M or %S`);
  });
}
