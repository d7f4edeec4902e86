import { messageOf, type RcmError } from "../../errors.ts";
import type { Retry } from "../../runbook/framework.ts";
import { wanted } from "../evaluate/convert.ts";
import type { Argument, OwnArguments } from "../flow.ts";
import { problemAt } from "../syntax/problem.ts";
import { type FlowValue, isList, Unknown } from "../value.ts";
import type { Frame } from "./frame.ts";
import { matchesHost } from "./hosts.ts";
import { retryOf, shown } from "./rules.ts";

/** Whether `_hosts` lets a task run on the host. */
export function runsHere(frame: Frame, { hosts }: OwnArguments): boolean {
  if (!hosts) return true;
  const value = known(frame, hosts);
  const patterns = isList(value) ? value : [value];
  const texts = patterns.map((pattern) => wanted.text(pattern, hosts.value, '"_hosts"'));
  try {
    return matchesHost(texts.join(","), frame.world.host);
  } catch (error) {
    throw problemAt(hosts.value, `"_hosts": ${messageOf(error)}`);
  }
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

/** `_retry`. */
export function retryFor(frame: Frame, { retry }: OwnArguments): Retry | undefined {
  if (!retry) return undefined;
  const value = known(frame, retry);
  return value === null ? undefined : retryOf(value, (message) => problemAt(retry.value, message));
}

function known(frame: Frame, { name, span, value }: Argument): FlowValue {
  const worked = frame.planned(value);
  if (worked instanceof Unknown || !frame.isKnown(value))
    throw problemAt(span, `"${name}" must be known before the run; it refers to what tasks give`);
  return worked;
}

function wrong({ name, value }: Argument, found: FlowValue, expected: string): RcmError {
  return problemAt(value, `"${name}" is ${shown(found)}; expected ${expected}`);
}
