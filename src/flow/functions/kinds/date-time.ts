import { type FlowValue, Special } from "../../value.ts";

/** The parts of a date and time as a calendar and a clock on the wall show them. */
export interface Wall {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly microsecond: number;
}

const PARTS = ["year", "month", "day", "hour", "minute", "second", "microsecond"] as const;

/** A date and time, as Python's `datetime`: with an offset from UTC, or naive, which is without. */
export class DateTime extends Special {
  readonly type = "datetime";
  readonly wall: Wall;
  /** In minutes; undefined for a naive one. */
  readonly offset: number | undefined;

  /** @throws Error naming the part that no calendar has */
  constructor(wall: Wall, offset?: number) {
    super();
    for (const part of PARTS) checkPart(part, wall);
    this.wall = wall;
    this.offset = offset;
  }

  /** @param time in milliseconds since 1970, UTC; what it is on a clock with this offset */
  static at(time: number, offset: number, microsecond = 0): DateTime {
    return new DateTime({ ...wallOf(time + offset * 60_000), microsecond }, offset);
  }

  /** In milliseconds since 1970 and the microseconds beyond whole seconds; of a naive one as if it were UTC. */
  get time(): number {
    return timeOf(this.wall) - (this.offset ?? 0) * 60_000;
  }

  compare(other: DateTime): number {
    if ((this.offset === undefined) !== (other.offset === undefined)) {
      throw new Error("cannot order a date with an offset from UTC and one without");
    }
    return this.time - other.time || this.wall.microsecond - other.wall.microsecond;
  }

  /** As Python shows it: `2021-07-04 17:01:58.000123+02:00`. */
  override text(): string {
    return this.iso(" ");
  }

  /** @param separator what stands between date and time */
  iso(separator: string): string {
    const { year, month, day, hour, minute, second, microsecond } = this.wall;
    const date = `${pad(year, 4)}-${pad(month)}-${pad(day)}`;
    const fraction = microsecond === 0 ? "" : `.${pad(microsecond, 6)}`;
    return `${date}${separator}${pad(hour)}:${pad(minute)}:${pad(second)}${fraction}${this.offsetText(":")}`;
  }

  /** `+02:00`; nothing for a naive one. */
  offsetText(separator: string): string {
    if (this.offset === undefined) return "";
    const minutes = Math.abs(this.offset);
    return `${this.offset < 0 ? "-" : "+"}${pad(Math.trunc(minutes / 60))}${separator}${pad(minutes % 60)}`;
  }

  override attribute(name: string): FlowValue | undefined {
    return PARTS.find((part) => part === name) ? this.wall[name as keyof Wall] : undefined;
  }

  override equals(other: FlowValue): boolean {
    return (
      other instanceof DateTime &&
      (this.offset === undefined) === (other.offset === undefined) &&
      this.compare(other) === 0
    );
  }
}

function timeOf({ year, month, day, hour, minute, second }: Wall): number {
  // Date.UTC would take years below 100 for those of the 20th century.
  return new Date(0).setUTCFullYear(year, month - 1, day) + ((hour * 60 + minute) * 60 + second) * 1000;
}

/** Whole seconds alone. */
function wallOf(time: number): Omit<Wall, "microsecond"> {
  const date = new Date(time);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
  };
}

function checkPart(part: keyof Wall, wall: Wall): void {
  const [min, max] = limitsOf(part, wall);
  const value = wall[part];
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw new Error(`the ${part} is ${value}; expected a whole number from ${min} to ${max}`);
}

function limitsOf(part: keyof Wall, { year, month }: Wall): readonly [number, number] {
  if (part === "day") return [1, daysIn(year, month)];
  const limits = { year: [1, 9999], month: [1, 12], hour: [0, 23], microsecond: [0, 999_999] } as const;
  return part === "minute" || part === "second" ? [0, 59] : limits[part];
}

function daysIn(year: number, month: number): number {
  const days = new Date(0);
  days.setUTCFullYear(year, month, 0);
  return days.getUTCDate();
}

function pad(number: number, width = 2): string {
  return String(number).padStart(width, "0");
}
