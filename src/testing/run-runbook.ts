import { carryOut } from "../embed/carry-out.ts";
import { begin } from "../embed/handle.ts";
import type { Runnable } from "../embed/options.ts";
import type { RunOutcome } from "../embed/outcome.ts";
import { siteFrom } from "../embed/prepare.ts";
import { requestOf } from "../embed/request.ts";
import { inventorySources } from "../embed/sources.ts";
import { RcmError } from "../errors.ts";
import type { Event } from "../event/event.ts";
import type { InventorySource, InventoryTree, Value, Vars } from "../inventory/model.ts";
import type { Result } from "../module/result.ts";
import type { Site } from "../runbook/spec.ts";
import { type Stub, type StubCall, type StubFacts, standIns } from "./stub.ts";
import type { TestHost } from "./test-host.ts";

/** How {@link runRunbook} runs. */
export interface RunRunbookOptions {
  /**
   * Names, or names with variables or test hosts. They are in every group that the runbook is for. Left out: this
   * machine, without SSH; with stubs, a host named `localhost`.
   */
  readonly hosts?: readonly string[] | Readonly<Record<string, Vars | TestHost | null>>;
  /** An inventory instead, where groups matter. */
  readonly inventory?: InventorySource | readonly InventorySource[];
  /** For real, as a dry run, or with stubs, where no host is contacted; `run` unless said otherwise. */
  readonly mode?: "run" | "check" | "stub";
  /** What answers in stub mode, asked in this order. */
  readonly stubs?: readonly Stub[];
  readonly params?: Readonly<Record<string, unknown>>;
  /**
   * Values of secrets, by name, instead of those of their loaders. In stub mode no loader is called: a secret that is
   * not among these is the text `stub of NAME`.
   */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Facts of the hosts in stub mode, over those of a Debian machine. */
  readonly facts?: StubFacts;
  /** A pattern that narrows the hosts. */
  readonly limit?: string;
  /** Where relative local paths begin, for a runbook that comes from no file; the working directory unless said otherwise. */
  readonly folder?: string;
}

/** What a run in a test came to. */
export interface TestRun extends RunOutcome {
  readonly events: readonly Event[];
  /** What stubs were asked, in order. */
  readonly calls: readonly StubCall[];
  /**
   * The result of a step.
   *
   * @param host may be left out where there is only one
   * @throws RcmError naming the steps that there are
   */
  result(step: string, host?: string): Result;
}

/**
 * Runs a runbook in a test. Nothing is printed, nothing is kept.
 *
 * @param runbook a runbook, a site, or the path of a file that exports one by default
 * @throws RcmError or Problems when the plan is refused
 * @example
 * const run = await runRunbook(provision, {
 *   hosts: ["web1"],
 *   mode: "stub",
 *   stubs: [stub(command, ({ cmd }) => ({ output: `ran ${cmd}` })), stubAny({})],
 * });
 * expect(run.result("install").status).toBe("changed");
 */
export async function runRunbook(runbook: Runnable, options: RunRunbookOptions = {}): Promise<TestRun> {
  const { mode = "run", stubs, facts = {}, secrets: values, limit, params, folder } = options;
  if (stubs && mode !== "stub")
    throw new RcmError(`stubs are for the mode "stub", and this is "${mode}"`, { code: "usage" });
  const site = await siteFrom(runbook);
  const sources = inventorySources(inventoryOf(options, site));
  const request = requestOf(runbook, sources, { limit, params });
  const calls: StubCall[] = [];
  const events: Event[] = [];
  const errand = {
    ...{ runbook, sources, request, folder, isKept: false, earlier: undefined, options: {} },
    mode: mode === "run" ? ("apply" as const) : mode,
    secrets: mode === "stub" ? { values, otherwise: (name: string) => `stub of ${name}` } : { values },
    ...(mode === "stub" ? { stubs: standIns(stubs ?? [], facts, (call) => calls.push(call)) } : {}),
  };
  const run = begin((emit, signal) => carryOut(errand, { emit, signal }), {
    onEvent: (event) => void events.push(event),
  });
  const outcome = await run.result;
  return { ...outcome, events, calls, result: (step, host) => resultIn(outcome, step, host) };
}

function inventoryOf(
  { hosts, inventory, mode }: RunRunbookOptions,
  site: Site,
): InventorySource | readonly InventorySource[] {
  if (inventory !== undefined && hosts !== undefined)
    throw new RcmError("hosts and inventory exclude each other", { code: "usage" });
  if (inventory !== undefined) return inventory;
  if (hosts === undefined && mode !== "stub") return [];
  const given = hosts ?? ["localhost"];
  const byName = Array.isArray(given) ? Object.fromEntries(given.map((name: string) => [name, null])) : given;
  const all = Object.fromEntries(Object.entries(byName).map(([name, host]) => [name, varsOf(host)]));
  const names = Object.fromEntries(Object.keys(all).map((name) => [name, null]));
  const groups = groupsOf(site).filter((group) => !(group in all) && group !== "all");
  return {
    all: { hosts: all },
    ...Object.fromEntries(groups.map((group) => [group, { hosts: names }])),
  } as InventoryTree;
}

/** Names in the patterns of a site, but for those that are excluded. */
function groupsOf({ parts }: Site): readonly string[] {
  const terms = parts.flatMap(({ hosts }) => hosts.split(/[:,]/));
  const names = terms.filter((term) => !term.startsWith("!")).map((term) => term.replace(/^&/, "").trim());
  return [...new Set(names.filter((name) => /^[A-Za-z_]\w*$/.test(name)))];
}

function varsOf(host: Vars | TestHost | null): Vars | null {
  if (host === null || !isTestHost(host)) return host;
  return {
    ansible_host: host.address,
    ansible_port: host.port,
    ansible_user: host.user,
    ansible_ssh_private_key_file: host.privateKey,
    dir: host.dir,
    rcm: { known_hosts: host.knownHosts },
  } satisfies Record<string, Value>;
}

function isTestHost(host: Vars | TestHost): host is TestHost {
  return typeof (host as TestHost).stop === "function";
}

function resultIn({ hosts }: RunOutcome, step: string, host: string | undefined): Result {
  const all = hosts.map((one) => one.host).join(", ");
  const found = host === undefined && hosts.length === 1 ? hosts[0] : hosts.find((one) => one.host === host);
  if (!found)
    throw new RcmError(`The result of "${step}" on which host? There are ${all}`, { code: "usage" });
  const result = found.steps.get(step);
  if (result) return result;
  const steps = [...found.steps.keys()].join(", ");
  throw new RcmError(`"${found.host}" has no result of a step "${step}": there are ${steps || "none"}`, {
    code: "usage",
  });
}
