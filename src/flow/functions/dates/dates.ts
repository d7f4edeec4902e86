import { define, OF_RUN } from "../define.ts";
import { DateTime } from "../kinds/date-time.ts";
import { int, optional, param, text } from "../params.ts";
import { readDuration } from "./duration.ts";
import { formatDate } from "./format-date.ts";
import { readDate } from "./read-date.ts";
import { timestamp, timestampText } from "./rfc3339.ts";

/** Functions about dates and times. */
export const DATES = [
  define({
    name: "datetime",
    category: "Dates",
    params: [
      int("year"),
      int("month"),
      int("day"),
      optional(int("hour")),
      optional(int("minute")),
      optional(int("second")),
      optional(int("microsecond")),
    ],
    summary: "A date and time without an offset from UTC.",
    details:
      'It has the attributes `year month day hour minute second microsecond`; `format(date, …)` and `call(date, "strftime", […])` make text of it.',
    examples: [
      ["datetime(2020, 1, 1).year", "2020"],
      ["str(datetime(2020, 1, 31, 10, 30))", '"2020-01-31 10:30:00"'],
      ['"on ${datetime(2020, 1, 31)}"', '"on 2020-01-31 00:00:00"'],
    ],
    call: ([year, month, day, hour = 0, minute = 0, second = 0, microsecond = 0]) =>
      new DateTime({ year, month, day, hour, minute, second, microsecond }),
  }),
  define({
    name: "formatdate",
    category: "Dates",
    params: [text("format"), timestamp("timestamp")],
    summary: "A time stamp as text by a format of letters: `YYYY-MM-DD hh:mm:ss`.",
    details:
      "`YYYY YY` year, `MMMM MMM MM M` month, `DD D` day, `EEEE EEE` day of the week, `hh h` hour to 23, `HH H` hour to 12, `AA aa` AM or PM, `mm m` minute, `ss s` second, `ZZZZZ ZZZZ ZZZ Z` offset; other letters stand between single quotes.",
    examples: [
      ['formatdate("DD MMM YYYY hh:mm ZZZ", "2018-01-02T23:12:01Z")', '"02 Jan 2018 23:12 UTC"'],
      [
        'formatdate("EEEE, DD-MMM-YY hh:mm:ss ZZZ", "2018-01-02T23:12:01Z")',
        '"Tuesday, 02-Jan-18 23:12:01 UTC"',
      ],
      [`formatdate("h'h'mm", "2018-01-02T23:12:01-08:00")`, '"23h12"'],
      ['formatdate("H:mmaa", "2020-05-13T07:44:12Z")', '"7:44am"'],
    ],
    call: ([format, date]) => formatDate(format, date),
  }),
  define({
    name: "now",
    category: "Dates",
    params: [],
    summary: "The date and time when the run began, in UTC.",
    dependsOn: OF_RUN,
    examples: [["str(now())", '"2026-05-13 07:44:12+00:00"']],
    call: (_, { world }) => DateTime.at(world.now.getTime(), 0),
  }),
  ...["plantimestamp", "timestamp"].map((name) =>
    define({
      name,
      category: "Dates",
      params: [],
      summary: "The time stamp of when the run began, in UTC.",
      details: "Terraform's `timestamp` goes on while it applies; this one is the same all through a run.",
      dependsOn: OF_RUN,
      examples: [[`${name}()`, '"2026-05-13T07:44:12Z"']],
      call: (_, { world }) => timestampText(DateTime.at(world.now.getTime(), 0)),
    }),
  ),
  define({
    name: "timeadd",
    category: "Dates",
    params: [
      timestamp("timestamp"),
      param("duration", "a duration such as 1h30m or -10s", (value) =>
        typeof value === "string" ? readDuration(value) : undefined,
      ),
    ],
    summary: "The time stamp so much later, or earlier.",
    details: "Units: `h m s ms us ns`; a duration can have several of them, fractions, and a sign.",
    examples: [
      ['timeadd("2017-11-22T00:00:00Z", "10m")', '"2017-11-22T00:10:00Z"'],
      ['timeadd("2017-11-22T00:00:00+01:00", "-1h30m")', '"2017-11-21T22:30:00+01:00"'],
    ],
    call: ([date, duration]) => timestampText(later(date, duration)),
  }),
  define({
    name: "timecmp",
    category: "Dates",
    params: [timestamp("a"), timestamp("b")],
    summary: "-1, 0 or 1: whether a time stamp is before another one, at the same time, or after it.",
    examples: [
      ['timecmp("2017-11-22T00:00:00Z", "2017-11-22T00:00:00Z")', "0"],
      ['timecmp("2017-11-22T00:00:00Z", "2017-11-22T01:00:00Z")', "-1"],
      ['timecmp("2017-11-22T01:00:00Z", "2017-11-22T00:00:00-01:00")', "0"],
    ],
    call: ([a, b]) => Math.sign(a.compare(b)) + 0,
  }),
  define({
    name: "todatetime",
    category: "Dates",
    params: [text("text")],
    summary: "The date and time that a text names, with its offset from UTC if it has one.",
    details:
      "As Runflow's dateutil reads it: ISO 8601, `Jul 4 2021 5:01 pm`, `4 July 2021 17:01 +0200`, `07/04/2021` (the month first, unless that is above 12). What names no day, month and year is refused, where dateutil would take today's.",
    examples: [
      [
        'repr(todatetime("2020-01-01T00:00:00Z"))',
        '"datetime.datetime(2020, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)"',
      ],
      ['str(todatetime("Jul 4 2021 5:01 pm"))', '"2021-07-04 17:01:00"'],
      ['todatetime("20210704T170158.25").microsecond', "250000"],
    ],
    call: ([text]) => readDate(text),
  }),
];

function later(date: DateTime, duration: number): DateTime {
  const microseconds = date.wall.microsecond + duration;
  const time = date.time + Math.floor(microseconds / 1e6) * 1000;
  if (!Number.isFinite(new Date(time).getTime()))
    throw new Error("the result is no date that a calendar has");
  return DateTime.at(time, date.offset ?? 0, ((microseconds % 1e6) + 1e6) % 1e6);
}
