import type { FlowValue } from "../../value.ts";
import { DateTime } from "../kinds/date-time.ts";
import { param } from "../params.ts";

const FORM = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|([-+])(\d\d):(\d\d))$/i;

/** A time stamp by RFC 3339, such as `2017-11-22T00:00:00Z`, or a date with an offset from UTC. */
export function timestamp(name: string) {
  return param(name, "a time stamp such as 2017-11-22T00:00:00Z", (value: FlowValue) => {
    if (value instanceof DateTime) return value.offset === undefined ? undefined : value;
    return typeof value === "string" ? readTimestamp(value) : undefined;
  });
}

/** @returns undefined when it is none */
function readTimestamp(text: string): DateTime | undefined {
  const [whole, year, month, day, hour, minute, second, fraction = "", sign, hours, minutes] =
    FORM.exec(text) ?? [];
  if (whole === undefined || Number(hours ?? 0) > 23 || Number(minutes ?? 0) > 59) return undefined;
  const offset = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * (sign === "-" ? -1 : 1);
  const [y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0] = [year, month, day, hour, minute, second].map(Number);
  const wall = { year: y, month: mo, day: d, hour: h, minute: mi, second: s };
  try {
    return new DateTime({ ...wall, microsecond: Number(fraction.padEnd(6, "0").slice(0, 6)) }, offset);
  } catch {
    return undefined;
  }
}

/** Whole seconds; `Z` for UTC. */
export function timestampText(date: DateTime): string {
  const { wall, offset } = date;
  return new DateTime({ ...wall, microsecond: 0 }, offset).iso("T").replace(/\+00:00$/, "Z");
}
