import { RcmError, throwAll } from "../errors.ts";
import { type Secrets, secretsFrom } from "../module/secrets.ts";
import type { HostPart, Plan, PlannedStep } from "../plan/plan.ts";
import { Redactor } from "../redact/redactor.ts";
import type { SecretSpec } from "../runbook/secrets.ts";
import { Loads } from "./loads.ts";

/** The values of a plan's secrets, and which steps may read which. */
export class Vault {
  /** Hides them, and all passwords that rcm knows of. */
  readonly redactor: Redactor;
  readonly #values: ReadonlyMap<PlannedStep, ReadonlyMap<string, string>>;

  /** @param values by name, of those steps that are given any */
  constructor(values: ReadonlyMap<PlannedStep, ReadonlyMap<string, string>>, redactor: Redactor) {
    this.#values = values;
    this.redactor = redactor;
  }

  /** What a step is given. */
  of(step: PlannedStep): Secrets {
    return secretsFrom(step.secrets, this.#values.get(step) ?? new Map());
  }
}

/** Values that a test has instead of those of loaders. */
export interface GivenSecrets {
  readonly values?: Readonly<Record<string, string>> | undefined;
  /** Values of all others; without it their loaders are called. */
  readonly otherwise?: (name: string) => string;
}

/**
 * Calls the loaders of those secrets that some step is given, one after another: each once, or once for each host if it
 * takes the host. To be called before anything is connected to.
 *
 * @param redactor is told of each
 * @param given is taken instead of calling loaders
 * @throws RcmError or Problems: everything that could not be loaded, each with file and line
 */
export async function loadSecrets(
  plan: Plan,
  redactor = new Redactor(),
  given: GivenSecrets = {},
): Promise<Vault> {
  addPasswords(plan, redactor);
  checkNames(plan, given);
  const values = new Map<PlannedStep, ReadonlyMap<string, string>>();
  const found = new Map<string, SecretSpec>();
  const loads = new Loads();
  for (const { host, parts } of plan.hosts) {
    for (const part of parts) {
      const own = new Map<string, string>();
      for (const spec of usedOf(part)) {
        const loader = given.values?.[spec.name] ?? given.otherwise?.(spec.name) ?? spec.loader;
        const value = await loads.of(part.name, { ...spec, loader }, host);
        if (value === undefined) continue;
        redactor.add(value);
        own.set(spec.name, value);
        found.set(value, spec);
      }
      for (const step of part.steps) if (step.secrets.length > 0) values.set(step, own);
    }
  }
  throwAll(loads.problems.map((problem) => redactor.error(problem)));
  throwAll(nameProblems(plan, found));
  return new Vault(values, redactor);
}

/** Passwords are no secrets of a runbook's, but are not shown either. */
function addPasswords({ hosts }: Plan, redactor: Redactor): void {
  for (const { password, become } of hosts.map(({ host }) => host.connection)) {
    if (password !== undefined) redactor.add(password);
    if (become.password !== undefined) redactor.add(become.password);
  }
}

function checkNames({ hosts }: Plan, { values = {} }: GivenSecrets): void {
  const all = hosts.flatMap(({ parts }) => parts.flatMap(({ secrets }) => secrets));
  const known = new Set(all.map(({ name }) => name));
  const unknown = Object.keys(values).find((name) => !known.has(name));
  if (unknown === undefined) return;
  const there = [...known].join(", ") || "none";
  throw new RcmError(`A value is given for the secret "${unknown}": the runbook has ${there}`, {
    code: "usage",
  });
}

function usedOf({ steps, secrets }: HostPart): readonly SecretSpec[] {
  const used = new Set(steps.flatMap((step) => step.secrets));
  return secrets.filter(({ name }) => used.has(name));
}

/**
 * Names tell what things are, so they stay as they are everywhere: a secret in one would be shown.
 *
 * @param found secrets by their values
 */
function nameProblems({ name, hosts }: Plan, found: ReadonlyMap<string, SecretSpec>): RcmError[] {
  const names = [
    ...new Set([name, ...hosts.flatMap(({ host, parts }) => [host.name, ...parts.flatMap(idsOf)])]),
  ];
  const shown = [...found].filter(([value]) => names.some((one) => one.includes(value)));
  return [...new Map(shown.map(([, spec]) => [spec.name, spec])).values()].map(
    (spec) =>
      new RcmError(`The name of a runbook, step or host holds the secret "${spec.name}": names are shown`, {
        code: "runbook",
        where: spec.where,
      }),
  );
}

function idsOf({ name, steps }: HostPart): readonly string[] {
  return [name, ...steps.map(({ id }) => id)];
}
