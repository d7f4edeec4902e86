import type { DateTime } from "../kinds/date-time.ts";
import { DAYS, MONTHS, weekday } from "./calendar.ts";

type Part = (date: DateTime) => string | number;

const PARTS: Readonly<Record<string, Part>> = {
  YYYY: ({ wall }) => String(wall.year).padStart(4, "0"),
  YY: ({ wall }) => two(wall.year % 100),
  MMMM: ({ wall }) => MONTHS[wall.month - 1] ?? "",
  MMM: ({ wall }) => (MONTHS[wall.month - 1] ?? "").slice(0, 3),
  MM: ({ wall }) => two(wall.month),
  M: ({ wall }) => wall.month,
  DD: ({ wall }) => two(wall.day),
  D: ({ wall }) => wall.day,
  EEEE: ({ wall }) => DAYS[weekday(wall)] ?? "",
  EEE: ({ wall }) => (DAYS[weekday(wall)] ?? "").slice(0, 3),
  hh: ({ wall }) => two(wall.hour),
  h: ({ wall }) => wall.hour,
  HH: ({ wall }) => two(wall.hour % 12 || 12),
  H: ({ wall }) => wall.hour % 12 || 12,
  AA: ({ wall }) => (wall.hour < 12 ? "AM" : "PM"),
  aa: ({ wall }) => (wall.hour < 12 ? "am" : "pm"),
  mm: ({ wall }) => two(wall.minute),
  m: ({ wall }) => wall.minute,
  ss: ({ wall }) => two(wall.second),
  s: ({ wall }) => wall.second,
  ZZZZZ: (date) => date.offsetText(":"),
  ZZZZ: (date) => date.offsetText(""),
  ZZZ: (date) => (date.offset === 0 ? "UTC" : date.offsetText("")),
  Z: (date) => (date.offset === 0 ? "Z" : date.offsetText(":")),
};

/**
 * A date as text by Terraform's letters; text between single quotes stays as it is.
 *
 * @throws Error naming letters that mean nothing
 */
export function formatDate(format: string, date: DateTime): string {
  return format.replaceAll(/'(?:[^']|'')*'?|([a-zA-Z])\1*/g, (piece) => {
    if (piece.startsWith("'")) return quotedText(piece);
    const part = Object.hasOwn(PARTS, piece) ? PARTS[piece] : undefined;
    if (part) return String(part(date));
    throw new Error(
      `"${piece}" means no part of a date; expected letters such as YYYY, MM, DD, hh, mm, ss or ZZZZZ, and text in single quotes`,
    );
  });
}

function quotedText(piece: string): string {
  if (piece.length < 2 || !piece.endsWith("'")) {
    throw new Error(`the format has a single quote that is never closed: ${piece}`);
  }
  return piece === "''" ? "'" : piece.slice(1, -1).replaceAll("''", "'");
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}
