import type { Retry } from "../../runbook/framework.ts";
import { WaitRule } from "../functions/kinds/wait-rule.ts";
import { type FlowValue, isList, isObject, kindOf, Special } from "../value.ts";
import { secondsAfter } from "./waiting.ts";

/** Makes the error of a message, at its place. */
type Refuse = (message: string) => Error;

/** What `_depends_on` takes for true, as Runflow did. */
export function isTruthyValue(value: FlowValue): boolean {
  if (value instanceof Special) return (value.items()?.length ?? 1) > 0;
  if (isList(value)) return value.length > 0;
  if (isObject(value)) return Object.keys(value).length > 0;
  return Boolean(value);
}

/** What `_retry` says: a number of attempts, or `{ stop_after = "3 times | 10 seconds", wait = … }`. */
export function retryOf(value: FlowValue, refuse: Refuse): Retry {
  if (typeof value === "number") return { ...attempts(value, refuse), delay: 0 };
  if (!isObject(value))
    throw refuse(`"_retry" is ${shown(value)}; expected attempts, or { stop_after = "3 times", wait = … }`);
  const odd = Object.keys(value).find((name) => name !== "stop_after" && name !== "wait");
  if (odd !== undefined) throw refuse(`_retry has no "${odd}"; expected stop_after and wait`);
  return { ...stopOf(value.stop_after ?? "1 times", refuse), ...waitOf(value.wait ?? null, refuse) };
}

type Stop = Pick<Retry, "max" | "within"> & Retry;

function attempts(count: number, refuse: Refuse): { readonly max: number } {
  if (Number.isInteger(count) && count >= 1) return { max: count };
  throw refuse(`"_retry" is ${count}; expected a whole number of attempts from 1`);
}

function stopOf(value: FlowValue, refuse: Refuse): Stop {
  const stop: { max?: number; within?: number } = {};
  for (const part of typeof value === "string" ? value.split("|") : [""]) {
    const [, count = "", unit = ""] = /^\s*(\d+(?:\.\d+)?)\s+(time|second)s?\s*$/.exec(part) ?? [];
    if (unit === "time") Object.assign(stop, attempts(Number(count), refuse));
    else if (unit === "second") stop.within = Number(count) * 1000;
    else
      throw refuse(
        `invalid _retry.stop_after: ${JSON.stringify(value)}; expected "3 times", "10 seconds" or "3 times | 10 seconds"`,
      );
  }
  return stop as Stop;
}

function waitOf(wait: FlowValue, refuse: Refuse): Pick<Retry, "delay" | "wait"> {
  if (wait === null) return { delay: 0 };
  if (typeof wait === "number" && wait >= 0) return { delay: wait * 1000 };
  if (wait instanceof WaitRule) return { wait: (count) => secondsAfter(wait.wait, count) * 1000 };
  throw refuse(`The wait of _retry is ${kindOf(wait)}; expected wait_fixed(…) and its like, or seconds`);
}

/** A value for messages. */
export function shown(value: FlowValue): string {
  return typeof value === "object" ? kindOf(value) : JSON.stringify(value);
}
