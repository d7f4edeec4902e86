import { setTimeout as delay } from "node:timers/promises";
import { messageOf, RcmError } from "../errors.ts";
import type { ExecResult, RebootRequest } from "../module/run.ts";
import type { Script } from "../shell/script.ts";
import type { HostLine } from "./line.ts";

/** First and longest wait between two tries to reach a host, in ms. */
const FIRST_WAIT = 250;
const LONGEST_WAIT = 5000;
/** A host that goes down hard says nothing, and its line just falls silent: after this many ms it has gone. */
const GOODBYE = 5000;

/**
 * Reboots a host and comes back when it has another boot id. `begun` is awaited with the present one before anything
 * is sent, so that whoever goes on after a crash can tell whether the reboot has happened.
 */
export async function reboot(
  line: HostLine,
  { script, settle, timeout, test }: RebootRequest,
  run: (script: Script) => Promise<ExecResult>,
  begun: (bootId: string) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const { bootId } = await line.facts();
  if (bootId === "")
    throw new RcmError("Cannot reboot: the host has no boot id, so it cannot be known when it is back", {
      code: "step",
    });
  await begun(bootId);
  const { exitCode, stderr } = await Promise.race([run(script).catch(lostIsFine), silence(signal)]);
  if (exitCode !== 0)
    throw new RcmError(`The command that reboots failed with exit status ${exitCode}: ${stderr.trim()}`, {
      code: "step",
    });
  await delay(settle, undefined, { signal });
  await reconnect(line, timeout, signal, (now) => now !== bootId);
  if (test) await testPassed(run, test, timeout, signal);
}

const GONE: ExecResult = { exitCode: 0, stdout: "", stderr: "" };

/** The line may go before the answer comes. */
function lostIsFine(error: unknown): ExecResult {
  if (error instanceof RcmError && (error.code === "unreachable" || error.code === "protocol")) return GONE;
  throw error;
}

async function silence(signal: AbortSignal): Promise<ExecResult> {
  return await delay(GOODBYE, GONE, { signal, ref: false });
}

/**
 * Tries to reach the host until it answers with a boot id that will do, waiting longer each time.
 *
 * @throws RcmError when that takes longer than `timeout` ms: with code `unreachable`, or `step` if it never went down
 */
export async function reconnect(
  line: HostLine,
  timeout: number,
  signal: AbortSignal,
  isRight: (bootId: string) => boolean,
): Promise<void> {
  const until = Date.now() + timeout;
  let trouble: string | undefined;
  for (let wait = FIRST_WAIT; Date.now() < until; wait = Math.min(LONGEST_WAIT, wait * 2)) {
    line.drop();
    try {
      await line.connect();
      if (isRight((await line.facts()).bootId)) return;
      trouble = undefined;
    } catch (error) {
      if (isFinal(error)) throw error;
      trouble = messageOf(error);
    }
    await delay(Math.min(wait, Math.max(0, until - Date.now())), undefined, { signal });
  }
  throw late(line.host.name, timeout, trouble);
}

/** A host that still answers is not unreachable: it just has not rebooted. */
function late(host: string, timeout: number, trouble: string | undefined): RcmError {
  const within = `within ${timeout / 1000} s`;
  return trouble === undefined
    ? new RcmError(`${host} did not go down ${within}`, { code: "step" })
    : new RcmError(`${host} did not come back ${within}: ${trouble}`, { code: "unreachable" });
}

/** Another host key is no matter of waiting. */
function isFinal(error: unknown): boolean {
  return error instanceof RcmError && error.code === "host-key";
}

async function testPassed(
  run: (script: Script) => Promise<ExecResult>,
  test: Script,
  timeout: number,
  signal: AbortSignal,
): Promise<void> {
  const until = Date.now() + timeout;
  for (let wait = FIRST_WAIT; ; wait = Math.min(LONGEST_WAIT, wait * 2)) {
    const { exitCode, stderr } = await run(test);
    if (exitCode === 0) return;
    if (Date.now() > until) {
      throw new RcmError(
        `The host is back, but the test after the reboot fails with exit status ${exitCode}: ${stderr.trim()}`,
        { code: "step" },
      );
    }
    await delay(wait, undefined, { signal });
  }
}
