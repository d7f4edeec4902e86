import { setTimeout as delay } from "node:timers/promises";
import type { RunHost, RunResult } from "../../src/index.ts";
import { lookout } from "./lookout.ts";
import { isGone, type Options } from "./options.ts";

/** Looks again and again until it is as wanted, or time is up. */
export async function waited(wanted: Options, host: RunHost): Promise<RunResult<string>> {
  const startedAt = Date.now();
  const look = await lookout(wanted, host);
  await delay(wanted.delay, undefined, { signal: host.signal });
  const until = Date.now() + wanted.timeout;
  for (;;) {
    const seen = await look();
    if ((seen !== undefined) !== isGone(wanted))
      return {
        changed: false,
        message: `condition met after ${Date.now() - startedAt} ms`,
        output: seen ?? "",
      };
    const left = until - Date.now();
    if (left <= 0) {
      const late = `timeout waiting for ${target(wanted)} after ${wanted.timeout / 1000} s`;
      return { changed: false, message: "", error: wanted.message ?? late };
    }
    await delay(Math.min(wanted.interval, left), undefined, { signal: host.signal });
  }
}

/** What it waits for, in words. */
export function target({ port, host = "the host", path: file, search, searchFrom, state }: Options): string {
  const place = port === undefined ? file : `port ${port} of ${host}`;
  const when = searchFrom === "now" ? "a new line with " : "";
  const what =
    search === undefined ? place : `${when}/${search}/ ${port === undefined ? "in" : "from"} ${place}`;
  if (state === "drained") return `the connections to ${what} to end`;
  return isGone({ state }) ? `${what} to go` : `${what}`;
}
