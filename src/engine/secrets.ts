import { isDeepStrictEqual } from "node:util";
import { messageOf, RcmError, throwAll } from "../errors.ts";
import { type Secrets, secretsFrom } from "../module/secrets.ts";
import { viewOf } from "../plan/build.ts";
import type { HostPart, HostPlan, Plan, PlannedStep } from "../plan/plan.ts";
import { callLoader, isPerHost, type SecretSpec } from "../runbook/secrets.ts";

/** A shorter text is found everywhere, so hiding it would tell what it is. */
const SHORTEST = 4;
/** Linux takes environment variables of at most 128 KiB. */
const LONGEST = 64 * 1024;

/** The values of a plan's secrets, and which steps may read which. */
export class Vault {
  readonly #values: ReadonlyMap<PlannedStep, ReadonlyMap<string, string>>;

  /** @param values by name, of those steps that are given any */
  constructor(values: ReadonlyMap<PlannedStep, ReadonlyMap<string, string>>) {
    this.#values = values;
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
 * @param given is taken instead of calling loaders
 * @throws RcmError or Problems: everything that could not be loaded, each with file and line
 */
export async function loadSecrets({ hosts }: Plan, given: GivenSecrets = {}): Promise<Vault> {
  checkNames(hosts, given);
  const values = new Map<PlannedStep, ReadonlyMap<string, string>>();
  const shared = new Shared();
  const problems = new Map<string, RcmError>();
  for (const plan of hosts) {
    for (const part of plan.parts) {
      const own = new Map<string, string>();
      for (const written of usedOf(part)) {
        const loader = given.values?.[written.name] ?? given.otherwise?.(written.name) ?? written.loader;
        const spec = { ...written, loader };
        const value = isPerHost(spec)
          ? await load(spec, plan)
          : await shared.of(part.name, spec, async () => await load(spec, plan));
        if (value instanceof RcmError) problems.set(`${value.where?.line} ${value.message}`, value);
        else own.set(spec.name, value);
      }
      for (const step of part.steps) if (step.secrets.length > 0) values.set(step, own);
    }
  }
  throwAll([...problems.values()]);
  return new Vault(values);
}

function checkNames(hosts: Plan["hosts"], { values = {} }: GivenSecrets): void {
  const known = new Set(hosts.flatMap(({ parts }) => parts.flatMap(({ secrets }) => secrets)).map(nameOf));
  for (const name of Object.keys(values)) {
    if (known.has(name)) continue;
    const there = [...known].join(", ") || "none";
    throw new RcmError(`A value is given for the secret "${name}": the runbook has ${there}`, {
      code: "usage",
    });
  }
}

function nameOf({ name }: SecretSpec): string {
  return name;
}

/** What loaders gave that are called once for all hosts, though their runbook's body ran for each. */
class Shared {
  readonly #loaded: Array<{ part: string; spec: SecretSpec; value: string | RcmError }> = [];

  async of(
    part: string,
    spec: SecretSpec,
    load: () => Promise<string | RcmError>,
  ): Promise<string | RcmError> {
    const known = this.#loaded.find((one) => one.part === part && isSame(one.spec, spec));
    if (known) return known.value;
    const value = await load();
    this.#loaded.push({ part, spec, value });
    return value;
  }
}

/** A grafted runbook may be another one, or be given other params, on another host. */
function isSame(a: SecretSpec, b: SecretSpec): boolean {
  return (
    a.name === b.name &&
    a.where?.file === b.where?.file &&
    a.where?.line === b.where?.line &&
    a.where?.column === b.where?.column &&
    isDeepStrictEqual(a.params, b.params)
  );
}

function usedOf({ steps, secrets }: HostPart): readonly SecretSpec[] {
  const used = new Set(steps.flatMap((step) => step.secrets));
  return secrets.filter(({ name }) => used.has(name));
}

async function load(spec: SecretSpec, { host }: HostPlan): Promise<string | RcmError> {
  const { name, where } = spec;
  const of = typeof spec.loader === "function" && isPerHost(spec) ? ` of the host "${host.name}"` : "";
  const problem = (why: string, hint?: string, cause?: unknown): RcmError =>
    new RcmError(`Cannot load the secret "${name}"${of}: ${why}`, { code: "runbook", hint, where, cause });
  try {
    const value = await callLoader(spec, viewOf(host));
    const wrong = wrongWith(value);
    return wrong === undefined ? (value as string) : problem(wrong);
  } catch (thrown) {
    return problem(messageOf(thrown), thrown instanceof RcmError ? thrown.hint : undefined, thrown);
  }
}

/** In words that do not repeat it. */
function wrongWith(value: unknown): string | undefined {
  if (typeof value !== "string")
    return `its loader gave ${value === null ? "null" : `${typeof value}`}: wanted a text`;
  if (value.includes("\0")) return "it holds a NUL character, which no environment variable can";
  if (/\p{Surrogate}/u.test(value)) return "it holds half a character, which UTF-8 has no bytes for";
  if (value.trim().length < SHORTEST)
    return `it is shorter than ${SHORTEST} characters: hiding it wherever it occurs would tell what it is`;
  if (Buffer.byteLength(value) > LONGEST)
    return `it is longer than ${LONGEST / 1024} KiB, the most that can be hidden wherever it occurs`;
  return undefined;
}
