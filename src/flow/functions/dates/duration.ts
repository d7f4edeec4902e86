/** In microseconds. */
const UNITS: Readonly<Record<string, number>> = {
  ns: 0.001,
  us: 1,
  µs: 1,
  ms: 1000,
  s: 1_000_000,
  m: 60_000_000,
  h: 3_600_000_000,
};

/**
 * Go's durations, such as `1h30m` or `-1.5s`.
 *
 * @returns microseconds; undefined when it is none
 */
export function readDuration(text: string): number | undefined {
  const [whole, sign, parts = ""] =
    /^([-+]?)((?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|ms|s|m|h))+)$/.exec(text.slice(0, 100)) ?? [];
  if (whole === undefined || text.length > 100) return text === "0" ? 0 : undefined;
  const pieces = parts.matchAll(/([\d.]+)([a-zµ]+)/g);
  const sum = Array.from(pieces).reduce(
    (total, [, count, unit = ""]) => total + Number(count) * (UNITS[unit] ?? 0),
    0,
  );
  return Number.isSafeInteger(Math.round(sum)) ? (sign === "-" ? -1 : 1) * Math.round(sum) : undefined;
}
