import type { Wall } from "../kinds/date-time.ts";

/** From Sunday on. */
export const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/** From January on. */
export const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

const DAY = 86_400_000;

/** The day of the week, from 0 for Sunday. */
export function weekday({ year, month, day }: Wall): number {
  return new Date(midnight(year, month, day)).getUTCDay();
}

/** From 1 for the first of January. */
export function dayOfYear({ year, month, day }: Wall): number {
  return (midnight(year, month, day) - midnight(year, 1, 1)) / DAY + 1;
}

/** The week by ISO 8601, which begins on a Monday and belongs to the year that its Thursday is in. */
export function isoWeek(wall: Wall): { readonly year: number; readonly week: number } {
  const thursday = new Date(midnight(wall.year, wall.month, wall.day - ((weekday(wall) + 6) % 7) + 3));
  const year = thursday.getUTCFullYear();
  return { year, week: Math.floor((thursday.getTime() - midnight(year, 1, 1)) / DAY / 7) + 1 };
}

function midnight(year: number, month: number, day: number): number {
  return new Date(0).setUTCFullYear(year, month - 1, day);
}
