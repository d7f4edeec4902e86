import { isDeepStrictEqual } from "node:util";
import { messageOf, RcmError } from "../errors.ts";
import type { Host } from "../inventory/model.ts";
import { viewOf } from "../plan/build.ts";
import { callLoader, isPerHost, type SecretSpec } from "../runbook/secrets.ts";

/** A shorter text is found everywhere, so hiding it would tell what it is. */
const SHORTEST = 4;
/** Linux takes environment variables of at most 128 KiB. */
const LONGEST = 64 * 1024;

type Loaded = string | RcmError;

/** What loaders gave; one that is the same for all hosts is called once, though its runbook's body ran for each. */
export class Loads {
  readonly #shared: Array<{ readonly part: string; readonly spec: SecretSpec; readonly value: Loaded }> = [];
  readonly #problems = new Map<string, RcmError>();

  /** Everything that could not be loaded, told once where it is the same. */
  get problems(): readonly RcmError[] {
    return [...this.#problems.values()];
  }

  /**
   * The value of a secret on a host; undefined when it could not be loaded.
   *
   * @param part the name of the part of the site that the secret is of
   */
  async of(part: string, spec: SecretSpec, host: Host): Promise<string | undefined> {
    const value = isPerHost(spec) ? await load(spec, host) : await this.#once(part, spec, host);
    if (typeof value === "string") return value;
    this.#problems.set(`${value.where?.file}:${value.where?.line} ${value.message}`, value);
    return undefined;
  }

  async #once(part: string, spec: SecretSpec, host: Host): Promise<Loaded> {
    const known = this.#shared.find((one) => one.part === part && isSame(one.spec, spec));
    if (known) return known.value;
    const value = await load(spec, host);
    this.#shared.push({ part, spec, value });
    return value;
  }
}

/** A grafted runbook may be another one, or be given other params, on another host. */
function isSame(a: SecretSpec, b: SecretSpec): boolean {
  return a.name === b.name && isDeepStrictEqual(a.where, b.where) && isDeepStrictEqual(a.params, b.params);
}

async function load(spec: SecretSpec, host: Host): Promise<string | RcmError> {
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
