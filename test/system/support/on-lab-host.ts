import { expect } from "vitest";
import { command } from "../../../modules/index.ts";
import type { ModuleCall, Result } from "../../../src/index.ts";
import { type RunStepOptions, runSteps, type StepHost } from "../../../src/testing/index.ts";
import type { HostName } from "./hosts.ts";
import { theLab } from "./lab.ts";

/** How steps run on a host of the lab: as root unless another user is named. */
export type LabOptions = RunStepOptions & { readonly user?: string };

/** A host of the lab as `rcm/testing` knows hosts. */
function labHost(name: HostName, user: string): StepHost {
  const { key, knownHosts, hosts } = theLab();
  return { address: hosts[name].address, port: 22, user, privateKey: key, knownHosts };
}

/** Runs steps and, where there is a text, shell commands on a host of the lab, over one connection. */
export async function runOn(
  name: HostName,
  steps: ReadonlyArray<ModuleCall | string>,
  { user = "root", ...options }: LabOptions = {},
): Promise<readonly Result[]> {
  const calls = steps.map((step) => (typeof step === "string" ? command({ cmd: step }) : step));
  const results = await runSteps(labHost(name, user), calls, options);
  for (const [i, { error }] of results.entries())
    if (typeof steps[i] === "string") expect(error, steps[i]).toBeUndefined();
  return results;
}

/**
 * Runs a step that changes something as every module promises: a dry run tells the same change and makes none, and done
 * again it changes nothing, in one round trip. Gives the result of the change, and what `look` prints after it.
 */
export async function changes(
  name: HostName,
  call: ModuleCall,
  look: string,
  options: LabOptions = {},
): Promise<{ readonly result: Result; readonly seen: string }> {
  const [dry] = await runOn(name, [call], { ...options, mode: "check" });
  const [before, result, again, after] = await runOn(name, [look, call, look, call], options).then(
    async ([was, real, now]) => [was, real, ...(await runOn(name, [call], options)), now] as const,
  );
  expect([dry?.error, result?.error, again?.error]).toEqual([undefined, undefined, undefined]);
  expect([dry?.status, result?.status, again?.status]).toEqual(["changed", "changed", "ok"]);
  // A dry run cannot know what will hang together with what it did not change.
  expect(dry?.changes[0]).toEqual(result?.changes[0]);
  expect(after?.output).not.toBe(before?.output);
  expect(again?.roundTrips).toBe(1);
  if (!result) throw new Error("there is no result");
  return { result, seen: String(after?.output ?? "").trim() };
}
