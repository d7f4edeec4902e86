import type { RcmError } from "../../errors.ts";
import type { Retry } from "../../runbook/framework.ts";
import { wanted } from "../evaluate/convert.ts";
import type { Argument, OwnArguments } from "../flow.ts";
import { WaitRule } from "../functions/kinds/wait-rule.ts";
import { problemAt } from "../syntax/problem.ts";
import { type FlowValue, isList, isObject, kindOf, Unknown } from "../value.ts";
import type { Frame } from "./frame.ts";
import { matchesHost } from "./hosts.ts";
import { secondsAfter } from "./waiting.ts";

/** Whether `_hosts` lets a task run on the host. */
export function runsHere(frame: Frame, { hosts }: OwnArguments): boolean {
  if (!hosts) return true;
  const value = known(frame, hosts);
  const patterns = isList(value) ? value : [value];
  const texts = patterns.map((pattern) => wanted.text(pattern, hosts.value, '"_hosts"'));
  return matchesHost(texts.join(","), frame.world.host, hosts.value);
}

/** `_become`: true, false, or the name of a user. */
export function becomeOf(frame: Frame, { become }: OwnArguments): boolean | string | undefined {
  if (!become) return undefined;
  const value = known(frame, become);
  if (value === null || typeof value === "boolean" || typeof value === "string") return value ?? undefined;
  throw wrong(become, value, "true, false or the name of a user");
}

/** `_timeout`, in milliseconds: what all attempts together may take. */
export function deadlineOf(frame: Frame, { timeout }: OwnArguments): number | undefined {
  if (!timeout) return undefined;
  const value = known(frame, timeout);
  if (value === null) return undefined;
  const seconds = typeof value === "string" ? Number(value) : value;
  if (typeof seconds === "number" && seconds > 0) return seconds * 1000;
  throw wrong(timeout, value, "a number of seconds");
}

/** `_retry`: a number of attempts, or `{ stop_after = "3 times | 10 seconds", wait = … }`. */
export function retryOf(frame: Frame, { retry }: OwnArguments): Retry | undefined {
  if (!retry) return undefined;
  const value = known(frame, retry);
  if (value === null) return undefined;
  if (typeof value === "number") return { ...attempts(retry, value), delay: 0 };
  if (!isObject(value)) throw wrong(retry, value, 'attempts, or { stop_after = "3 times", wait = … }');
  const odd = Object.keys(value).find((name) => name !== "stop_after" && name !== "wait");
  if (odd !== undefined) throw problemAt(retry.value, `_retry has no "${odd}"; expected stop_after and wait`);
  const stop = stopOf(retry, value.stop_after ?? "1 times");
  return { ...stop, ...waitOf(retry, value.wait ?? null) };
}

type Stop = Pick<Retry, "max" | "within"> & Retry;

function attempts(retry: Argument, count: number): { readonly max: number } {
  if (Number.isInteger(count) && count >= 1) return { max: count };
  throw wrong(retry, count, "a whole number of attempts from 1");
}

function stopOf(retry: Argument, value: FlowValue): Stop {
  const stop: { max?: number; within?: number } = {};
  for (const part of typeof value === "string" ? value.split("|") : [""]) {
    const [, count = "", unit = ""] = /^\s*(\d+(?:\.\d+)?)\s+(time|second)s?\s*$/.exec(part) ?? [];
    if (unit === "time") Object.assign(stop, attempts(retry, Number(count)));
    else if (unit === "second") stop.within = Number(count) * 1000;
    else
      throw problemAt(
        retry.value,
        `invalid _retry.stop_after: ${JSON.stringify(value)}; expected "3 times", "10 seconds" or "3 times | 10 seconds"`,
      );
  }
  return stop as Stop;
}

function waitOf(retry: Argument, wait: FlowValue): Pick<Retry, "delay" | "wait"> {
  if (wait === null) return { delay: 0 };
  if (typeof wait === "number" && wait >= 0) return { delay: wait * 1000 };
  if (wait instanceof WaitRule) return { wait: (count) => secondsAfter(wait.wait, count) * 1000 };
  throw problemAt(
    retry.value,
    `The wait of _retry is ${kindOf(wait)}; expected wait_fixed(…) and its like, or seconds`,
  );
}

function known(frame: Frame, { name, span, value }: Argument): FlowValue {
  const worked = frame.planned(value);
  if (worked instanceof Unknown || !frame.isKnown(value))
    throw problemAt(span, `"${name}" must be known before the run; it refers to what tasks give`);
  return worked;
}

function wrong({ name, value }: Argument, found: FlowValue, expected: string): RcmError {
  const shown = typeof found === "object" ? kindOf(found) : JSON.stringify(found);
  return problemAt(value, `"${name}" is ${shown}; expected ${expected}`);
}
