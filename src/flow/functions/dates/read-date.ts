import { DateTime, type Wall } from "../kinds/date-time.ts";
import { DAYS, MONTHS } from "./calendar.ts";

/** Longer texts are no dates. */
const LONGEST = 100;

/** What was found of a date so far. */
interface Found {
  readonly year?: number;
  readonly month?: number;
  readonly day?: number;
  readonly time?: Omit<Wall, "year" | "month" | "day">;
  readonly offset?: number;
}

/**
 * Reads the forms of dates that people write.
 *
 * @throws Error when it names no day, month and year, or has a part that is not understood
 */
export function readDate(text: string): DateTime {
  if (text.length > LONGEST) throw notUnderstood(text, "it is too long");
  const { rest, ...found } = withDate(withTime({ rest: ` ${text.trim()} ` }), text);
  const unknown = (rest.match(/[^\s,.-]+/g) ?? []).find((word) => !isFiller(word));
  if (unknown !== undefined) throw notUnderstood(text, `"${unknown}" is no part of a date`);
  const { year, month, day, time, offset } = found;
  if (year === undefined || month === undefined || day === undefined) {
    throw notUnderstood(text, "it names no day, month and year");
  }
  return new DateTime({ year, month, day, ...(time ?? MIDNIGHT) }, offset);
}

const MIDNIGHT = { hour: 0, minute: 0, second: 0, microsecond: 0 };

function notUnderstood(text: string, why: string): Error {
  return new Error(
    `${JSON.stringify(text.slice(0, LONGEST))} is not understood as a date: ${why}; expected one such as 2021-07-04T17:01:58Z or Jul 4 2021 5:01 pm`,
  );
}

/** What was found, and the text without that. */
type Reading = Found & { readonly rest: string };

const OFFSET = String.raw`(?<zone>\s*(?:Z|UTC|GMT)?\s*(?<sign>[-+])(?<zh>\d\d):?(?<zm>\d\d)?|\s*(?:Z|UTC|GMT)\b)?`;

/** `17:01:58.25`, `5 pm`, and the compact form behind a T; each with an offset. */
const TIMES: readonly RegExp[] = [
  new RegExp(
    String.raw`(?<=[\sT]|\dT)(?<hour>\d{1,2}):(?<minute>\d\d)(?::(?<second>\d\d)(?:[.,](?<fraction>\d{1,9}))?)?\s*(?<half>[ap]\.?m\.?)?${OFFSET}(?![\w:])`,
    "i",
  ),
  new RegExp(String.raw`(?<=\s)(?<hour>\d{1,2})\s*(?<half>[ap]\.?m\.?)${OFFSET}(?!\w)`, "i"),
  new RegExp(
    String.raw`(?<=\d{4}-\d\d-\d\d[T ]|\d{8}T?)(?<hour>\d\d)(?:(?<minute>\d\d)(?:(?<second>\d\d)(?:[.,](?<fraction>\d{1,9}))?)?)?${OFFSET}(?=\s)`,
    "i",
  ),
];

function withTime(reading: Reading): Reading {
  for (const form of TIMES) {
    const groups = form.exec(reading.rest)?.groups;
    if (groups) return { ...reading, ...timeOf(groups), rest: reading.rest.replace(form, " ") };
  }
  return reading;
}

type Groups = Readonly<Record<string, string | undefined>>;

function timeOf({ hour, minute, second, fraction, half, zone, sign, zh, zm }: Groups): Found {
  const time = {
    hour: half === undefined ? Number(hour) : hourOf(Number(hour), half),
    minute: Number(minute ?? 0),
    second: Number(second ?? 0),
    microsecond: Number((fraction ?? "").padEnd(6, "0").slice(0, 6)),
  };
  if (zone === undefined) return { time };
  return { time, offset: (Number(zh ?? 0) * 60 + Number(zm ?? 0)) * (sign === "-" ? -1 : 1) };
}

function hourOf(hour: number, half: string): number {
  if (hour < 1 || hour > 12)
    throw new Error(`the hour is ${hour}; expected one from 1 to 12 before am or pm`);
  return (hour % 12) + (/^p/i.test(half) ? 12 : 0);
}

const NAMES = MONTHS.map((month) => month.slice(0, 3)).join("|");
const MONTH = `(?<name>${NAMES})[a-z]*\\.?`;
const DAY = String.raw`(?<day>\d{1,2})(?:st|nd|rd|th)?`;

/** The first form that fits counts. */
const FORMS: readonly RegExp[] = [
  /(?<=\s)(?<year>\d{4})[-/.](?<month>\d{1,2})[-/.](?<day>\d{1,2})(?!\d)/,
  /(?<=\s)(?<year>\d{4})(?<month>\d\d)(?<day>\d\d)(?!\d)/,
  /(?<=\s)(?<first>\d{1,2})[-/.](?<second>\d{1,2})[-/.](?<year>\d{4}|\d\d)(?!\d)/,
  new RegExp(String.raw`(?<=\s)${DAY}[\s-]*(?:of\s+)?${MONTH}[\s,-]*(?<year>\d{4})(?!\d)`, "i"),
  new RegExp(String.raw`(?<=\s)${MONTH}[\s-]+${DAY}(?!\d)(?:,?\s+|-)(?<year>\d{4})(?!\d)`, "i"),
  new RegExp(String.raw`(?<=\s)(?<year>\d{4})[\s-]+${MONTH}[\s-]+${DAY}(?!\d)`, "i"),
  // As `date` and C's ctime print it, with the time, which is gone, in between.
  new RegExp(String.raw`(?<=\s)${MONTH}\s+${DAY}\s+(?<year>\d{4})(?!\d)`, "i"),
];

function withDate(reading: Reading, text: string): Reading {
  for (const form of FORMS) {
    const groups = form.exec(reading.rest)?.groups;
    if (groups) return { ...reading, ...dayOf(groups), rest: reading.rest.replace(form, " ") };
  }
  throw notUnderstood(text, "it names no day, month and year");
}

function dayOf({ year = "", month, day, first, second, name }: Groups): Found {
  const full = year.length === 2 ? century(Number(year)) : Number(year);
  if (first !== undefined) {
    const [a, b] = [Number(first), Number(second)];
    return a > 12 && b <= 12 ? { year: full, month: b, day: a } : { year: full, month: a, day: b };
  }
  const number = name === undefined ? Number(month) : monthNumber(name);
  return { year: full, month: number, day: Number(day) };
}

/** The usual window: up to 68 it is this century. */
function century(year: number): number {
  return year + (year <= 68 ? 2000 : 1900);
}

function monthNumber(name: string): number {
  return MONTHS.findIndex((month) => month.toLowerCase().startsWith(name.toLowerCase())) + 1;
}

/** The day of the week, and words between the parts. */
function isFiller(word: string): boolean {
  const lower = word.toLowerCase();
  return (
    ["at", "on", "and", "ad", "t"].includes(lower) ||
    DAYS.some((day) => [day.toLowerCase(), day.slice(0, 3).toLowerCase()].includes(lower))
  );
}
