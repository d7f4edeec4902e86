import { messageOf, RcmError, throwAll } from "../errors.ts";
import type { ConnectionOverrides, Host, Inventory } from "../inventory/model.ts";
import { selectHosts } from "../inventory/patterns.ts";
import { contextOfPlan, type HostFacts, NotKnown, type StepContext } from "../module/context.ts";
import type { LocalSide } from "../module/define.ts";
import { checkOptions, hasDeferred, knownOptions, knownProblems } from "../module/options.ts";
import { SecretNotLoaded, secretsFrom } from "../module/secrets.ts";
import { castParams, unknownParams } from "../runbook/params.ts";
import type { SecretSpec } from "../runbook/secrets.ts";
import type { GivenParam, Site, SitePart, StepSpec } from "../runbook/spec.ts";
import { HashNotKnown, seeLocalFile } from "../shell/file.ts";
import { fingerprint } from "./fingerprint.ts";
import { findCycle } from "./graph.ts";
import type { HostPart, HostPlan, PartPlan, Plan, PlannedStep } from "./plan.ts";

/** What a plan is made of. */
export interface PlanInput {
  readonly site: Site;
  readonly file: string | undefined;
  readonly inventory: Inventory;
  /** A pattern that narrows every part's hosts. */
  readonly limit: string | undefined;
  /** What the command line says about connections: it holds for the implicit localhost too. */
  readonly overrides?: ConnectionOverrides;
  readonly params: readonly GivenParam[];
  readonly local: LocalSide;
}

/**
 * Builds every host's steps and checks them all; nothing is connected to.
 *
 * @throws RcmError or Problems: everything that is wrong on any host, each with file and line
 */
export async function buildPlan(input: PlanInput): Promise<Plan> {
  const { byPart, problems } = castParams(input.site, input.params);
  throwAll(problems);
  const selected = selectAll(input);
  const drafts = input.site.parts.flatMap((part) =>
    (selected.get(part.name) ?? []).map((host) => draft(input, part, host, byPart.get(part.name) ?? {})),
  );
  const assigns = new Set(drafts.flatMap((one) => one.assigns));
  const found = [
    ...unknownParams(input.site, input.params, assigns),
    ...drafts.flatMap((one) => one.problems),
    ...(await Promise.all(drafts.map((one) => checkDraft(one, input.local)))).flat(),
  ];
  throwAll(distinct(found));
  const hosts = gather(drafts);
  const parts = input.site.parts.map((part) => planPart(part, selected.get(part.name) ?? []));
  return Object.freeze({
    name: input.site.name,
    file: input.file,
    hosts,
    parts,
    fingerprint: fingerprint(hosts),
  });
}

/** Hosts of each part. Nothing matched anywhere is an error; a part that the limit leaves without hosts is not. */
function selectAll({
  site,
  inventory,
  limit,
  overrides = {},
}: PlanInput): ReadonlyMap<string, readonly Host[]> {
  // What is wrong with the limit is told once, not for every runbook.
  if (limit !== undefined) selectHosts(inventory, limit, { overrides });
  const selected = new Map<string, readonly Host[]>();
  const problems: RcmError[] = [];
  for (const part of site.parts) {
    try {
      selected.set(
        part.name,
        selectHosts(inventory, part.hosts, { overrides, ...(limit === undefined ? {} : { limit }) }),
      );
    } catch (error) {
      if (!(error instanceof RcmError)) throw error;
      problems.push(
        new RcmError(error.message, {
          code: error.code,
          hint: error.hint,
          where: error.where ?? part.where,
          cause: error,
        }),
      );
    }
  }
  const isOnlyLimited =
    limit !== undefined &&
    selected.size > 0 &&
    problems.every((problem) => problem.code === "nothing-matched");
  if (!isOnlyLimited) throwAll(distinct(problems));
  return selected;
}

interface Draft {
  readonly part: SitePart;
  readonly host: Host;
  readonly steps: readonly PlannedStep[];
  /** Names that the command line may give values to. */
  readonly assigns: readonly string[];
  readonly secrets: readonly SecretSpec[];
  readonly problems: readonly RcmError[];
}

function draft(
  { site, params: values }: PlanInput,
  part: SitePart,
  host: Host,
  params: Readonly<Record<string, unknown>>,
): Draft {
  // What is no param of the runbook may be an assign of it.
  const { shape } = part.runbook.params;
  const given = new Map(values.filter(({ name }) => !(name in shape)).map((value) => [value.name, value]));
  const built = part.runbook.build(viewOf(host), params, { given });
  const toId = (name: string): string => (site.parts.length === 1 ? name : `${part.name}/${name}`);
  const planned = built.steps.map((step) => plan(step, toId));
  const problems = [...built.problems, ...cycleProblems(planned)];
  return { part, host, steps: planned, secrets: built.secrets, assigns: built.ownAssigns, problems };
}

/** What runbooks see of a host. */
export function viewOf({ name, vars, groups }: Host): HostFacts {
  return { name, vars, groups };
}

function plan(step: StepSpec, toId: (name: string) => string): PlannedStep {
  return Object.freeze({
    ...step,
    id: toId(step.name),
    needs: step.awaits.map(toId),
    changedNeeds: step.changed.map(toId),
  });
}

function cycleProblems(steps: readonly PlannedStep[]): RcmError[] {
  const cycle = findCycle(steps);
  if (!cycle) return [];
  const where = steps.find((step) => step.id === cycle[0])?.where;
  return [
    new RcmError(`Steps wait for each other: ${cycle.map((id) => `"${id}"`).join(" awaits ")}`, {
      code: "plan",
      where,
    }),
  ];
}

async function checkDraft({ steps, host }: Draft, local: LocalSide): Promise<RcmError[]> {
  return (await Promise.all(steps.map((step) => checkStep(step, host, local)))).flat();
}

async function checkStep(
  { id, call, scope, secrets, where, placeOf }: PlannedStep,
  host: Host,
  local: LocalSide,
): Promise<RcmError[]> {
  if (!call?.definition) return []; // the runbook has told
  const toError = (message: string): RcmError =>
    new RcmError(`Step "${id}": ${message}`, { code: "plan", where });
  const problems = knownProblems(call.definition, call.options);
  if (problems.length > 0)
    return problems.map(({ option, message }) => {
      const place = option === undefined ? undefined : placeOf?.(option);
      return new RcmError(`Step "${id}": ${message}`, { code: "plan", where: place ?? where });
    });
  if (call.definition.name === "reboot" && host.connection.type === "local") {
    return [toError(`cannot reboot "${host.name}": it is the machine that rcm runs on`)];
  }
  const side = {
    ...local,
    file: async (path: string) => await seeLocalFile(local.path(path)),
    secrets: secretsFrom(secrets, undefined),
  };
  try {
    await call.definition.check?.(knownOptions(call.definition, call.options), side);
  } catch (error) {
    if (isForLater(error)) return [];
    const inside = error instanceof RcmError ? error.where : undefined;
    return [new RcmError(`Step "${id}": ${messageOf(error)}`, { code: "plan", where: inside ?? where })];
  }
  if (hasDeferred(call.definition, call.options)) return [];
  const ctx = contextOfPlan(viewOf(host), scope, side.secrets);
  return await prepareProblems(call.definition, call.options, { local: side, ctx }, toError);
}

/** What only shows when the module makes its scripts: a local file that is not there, a value no shell can hold. */
async function prepareProblems(
  definition: PlannedStep["call"]["definition"],
  given: Readonly<Record<string, unknown>>,
  { local, ctx }: { readonly local: LocalSide; readonly ctx: StepContext },
  toError: (message: string) => RcmError,
): Promise<RcmError[]> {
  const checked = checkOptions(definition, given);
  if (!checked.ok) return checked.problems.map(toError);
  try {
    await (definition.properties ?? definition.action)?.(checked.options, local, ctx);
    return [];
  } catch (error) {
    if (isForLater(error)) return [];
    return [toError(messageOf(error))];
  }
}

/** What is wrong shows when the step is due. */
function isForLater(error: unknown): boolean {
  return error instanceof SecretNotLoaded || error instanceof NotKnown || error instanceof HashNotKnown;
}

/** The drafts of a site, a plan for each host, in the order in which hosts first occur. */
function gather(drafts: readonly Draft[]): HostPlan[] {
  const byHost = new Map<string, { readonly host: Host; readonly parts: HostPart[] }>();
  for (const { host, part, steps, secrets } of drafts) {
    const plan = byHost.get(host.name) ?? { host, parts: [] };
    plan.parts.push({ name: part.name, steps, secrets });
    byHost.set(host.name, plan);
  }
  return [...byHost.values()];
}

function planPart(part: SitePart, hosts: readonly Host[]): PartPlan {
  const names = hosts.map((host) => host.name);
  return {
    name: part.name,
    awaits: part.awaits,
    batches: batches(names, batchSize(part.serial, names.length)),
  };
}

function batchSize(serial: SitePart["serial"], hosts: number): number {
  if (serial === undefined) return Math.max(1, hosts);
  return typeof serial === "number"
    ? serial
    : Math.max(1, Math.floor((hosts * Number.parseInt(serial, 10)) / 100));
}

function batches(names: readonly string[], size: number): string[][] {
  return Array.from({ length: Math.ceil(names.length / size) }, (_, i) =>
    names.slice(i * size, (i + 1) * size),
  );
}

/** One of each, in the order of the source: the same mistake is the same on every host. */
function distinct(problems: readonly RcmError[]): RcmError[] {
  const seen = new Set<string>();
  const sorted = problems.toSorted((a, b) => (a.where?.line ?? 0) - (b.where?.line ?? 0));
  return sorted.filter(({ message, where }) => {
    const key = `${where?.file}:${where?.line}:${message}`;
    return !seen.has(key) && seen.add(key);
  });
}
