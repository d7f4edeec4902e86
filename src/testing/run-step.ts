import { NO_RECORD } from "../checkpoint/run-folder.ts";
import { DEFAULT_HANDSHAKES, prepareDial } from "../engine/dial.ts";
import { run } from "../engine/run.ts";
import { loadSecrets } from "../engine/secrets.ts";
import { RcmError } from "../errors.ts";
import type { Event } from "../event/event.ts";
import type { Host, Inventory } from "../inventory/model.ts";
import type { ModuleCall } from "../module/define.ts";
import { localSide } from "../module/local-side.ts";
import type { Result } from "../module/result.ts";
import type { Mode } from "../module/work.ts";
import { buildPlan } from "../plan/build.ts";
import type { Plan } from "../plan/plan.ts";
import type { StepOptions } from "../runbook/framework.ts";
import { runbook } from "../runbook/runbook.ts";
import { siteOf } from "../runbook/site.ts";
import type { TestHost } from "./test-host.ts";

/** What must be known of a host to run steps on it. */
export type StepHost = Pick<TestHost, "port" | "user" | "privateKey" | "knownHosts"> & {
  readonly address: string;
};

/** How {@link runStep} runs its step; everything else is as `rcm run` does it. */
export interface RunStepOptions {
  /** `check` for a dry run. */
  readonly mode?: Mode;
  /** The step's framework options: `cwd`, `env`, `become`, `timeout` … */
  readonly step?: Omit<StepOptions, "await" | "when">;
  /** Values of secrets, for the step option `secrets`. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** The shell command that runs scripts on the host, instead of `/bin/sh`. */
  readonly shell?: string;
  /** Where relative local paths begin; the working directory unless said otherwise. */
  readonly folder?: string;
  /** Hears of everything that happens, as a reporter does. */
  readonly listen?: (event: Event) => void;
}

/**
 * Runs one step on a test host, through the real planner, engine and SSH.
 *
 * @throws RcmError or Problems when the plan is refused; RcmError when the host cannot be reached
 * @example
 * await using host = await sshHost();
 * const result = await runStep(host, file({ path: `${host.dir}/a`, state: "touch" }), { mode: "check" });
 */
export async function runStep(
  host: StepHost,
  call: ModuleCall,
  options: RunStepOptions = {},
): Promise<Result> {
  const [result] = await runSteps(host, [call], options);
  if (result) return result;
  throw new RcmError("The step gave no result", { code: "step" });
}

/** Runs several steps on a test host, one after another over one connection, whatever becomes of them. */
export async function runSteps(
  host: StepHost,
  calls: ReadonlyArray<ModuleCall | readonly [ModuleCall, RunStepOptions["step"]]>,
  options: RunStepOptions = {},
): Promise<readonly Result[]> {
  const { mode = "apply", folder = process.cwd(), listen } = options;
  const local = localSide(folder);
  const inventory = inventoryOf(asInventoryHost(host, options.shell ?? "/bin/sh"));
  const book = runbook("test", { hosts: "all" }, ({ step, secret }) => {
    for (const [name, value] of Object.entries(options.secrets ?? {})) secret(name, value);
    for (const [i, item] of calls.entries()) {
      const [call, own] = "definition" in item ? [item, {}] : item;
      const given = { ...options.step, ...own, ignoreErrors: true };
      step(`step ${i + 1}`, call, given as StepOptions<unknown, "test">);
    }
  });
  const site = siteOf(book);
  const plan = await buildPlan({ site, file: undefined, inventory, limit: undefined, params: [], local });
  const results: Result[] = [];
  const summary = await run({
    plan,
    id: mode,
    mode,
    dial: await dialFor(plan),
    record: NO_RECORD,
    local,
    secrets: await loadSecrets(plan),
    forks: 1,
    fuse: true,
    resumed: false,
    resume: undefined,
    emit: (event) => {
      if (event.type === "step-finished") results.push(event.result);
      listen?.(event);
    },
    signal: new AbortController().signal,
  });
  const unreachable = summary.hosts[0]?.error;
  if (unreachable) throw unreachable;
  return results;
}

/** The environment is left out, so that no agent of the developer's takes part. */
function dialFor({ hosts }: Plan): ReturnType<typeof prepareDial> {
  return prepareDial(
    hosts.map(({ host }) => host),
    {
      connectTimeout: 10_000,
      authTimeout: 10_000,
      handshakes: DEFAULT_HANDSHAKES,
      askPassphrase: undefined,
      env: {},
    },
  );
}

function asInventoryHost({ address, port, user, privateKey, knownHosts }: StepHost, shell: string): Host {
  return {
    name: "test",
    vars: {},
    groups: [],
    connection: {
      type: "ssh",
      address,
      port,
      user,
      password: undefined,
      privateKey,
      knownHosts,
      hostKeyChecking: "strict",
      become: { enabled: false, user: "root", method: "sudo", password: undefined },
      shell,
    },
    where: undefined,
  };
}

function inventoryOf(host: Host): Inventory {
  const all = { name: "all", hosts: [host.name], children: [], vars: {} };
  return {
    hosts: new Map([[host.name, host]]),
    groups: new Map([["all", all]]),
    sources: [],
    warnings: [],
  };
}
