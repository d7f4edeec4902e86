import { AsyncLocalStorage } from "node:async_hooks";
import { type Position, RcmError } from "../errors.ts";
import type { HostFacts } from "../module/context.ts";
import { type SecretHandle, variableOf } from "../module/secrets.ts";
import { callerPosition } from "./where.ts";

/**
 * What gives a secret's value: the text itself, or a function that is called once, on this machine. One that takes the
 * host is called once for each host.
 */
export type SecretLoader = string | ((host: HostFacts) => string | undefined | Promise<string | undefined>);

/** Names a secret of the runbook; nothing is loaded until it is known that some step is given it. */
export type AddSecret<Book extends string> = (name: string, loader: SecretLoader) => SecretHandle<Book>;

/** A secret as its runbook wrote it. */
export interface SecretSpec {
  readonly name: string;
  readonly loader: SecretLoader;
  /** Those of its runbook: a loader may be another one where they are others. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly where: Position | undefined;
}

/** The secrets of one host's steps while they are being added. */
export class SecretDraft {
  readonly #specs = new Map<string, SecretSpec>();
  readonly #handles = new WeakSet<SecretHandle>();
  readonly #params: SecretSpec["params"];
  readonly #problem: (where: Position | undefined, message: string) => void;

  constructor(params: SecretSpec["params"], problem: (where: Position | undefined, message: string) => void) {
    this.#params = params;
    this.#problem = problem;
  }

  get all(): readonly SecretSpec[] {
    return [...this.#specs.values()];
  }

  readonly add: AddSecret<string> = (name, loader) => {
    const where = callerPosition();
    const params = this.#params;
    const wrong = this.#wrong(name, loader, where);
    if (wrong === undefined) this.#specs.set(name, Object.freeze({ name, loader, params, where }));
    else this.#problem(where, wrong);
    const handle: SecretHandle = Object.freeze({ name });
    this.#handles.add(handle);
    return handle;
  };

  /** Takes over those of a grafted runbook, whose steps know them by the same names. */
  join(prefix: string, book: string, specs: readonly SecretSpec[], where: Position | undefined): void {
    for (const spec of specs) {
      const same = this.#like(spec.name);
      if (same === undefined) this.#specs.set(spec.name, spec);
      // What has the same loader is the same secret, such as in a runbook that is grafted twice.
      else if (same.name !== spec.name || same.loader !== spec.loader)
        this.#problem(
          where,
          `The runbook "${book}", grafted as "${prefix}", has a secret "${spec.name}", which clashes with the secret "${same.name}"${firstAt(same, where)}: give one of them another name, or both the same loader`,
        );
    }
  }

  /** Names of what a step's option lists. */
  names(step: string, refs: ReadonlyArray<SecretHandle | string>, where: Position | undefined): string[] {
    return refs.flatMap((ref) => {
      if (typeof ref === "string") return [ref];
      if (this.#handles.has(ref)) return [ref.name];
      this.#problem(where, `Step "${step}": secrets holds something that is no secret of this runbook`);
      return [];
    });
  }

  /** Told at the end, since a name may be of a secret that is written further down. */
  check(step: string, names: readonly string[], where: Position | undefined): void {
    for (const name of names) {
      if (this.#specs.has(name)) continue;
      const known = [...this.#specs.keys()].join(", ") || "none";
      this.#problem(where, `Step "${step}": there is no secret "${name}": the runbook has ${known}`);
    }
  }

  #like(name: string): SecretSpec | undefined {
    return this.all.find((spec) => variableOf(spec.name) === variableOf(name));
  }

  #wrong(name: string, loader: SecretLoader, where: Position | undefined): string | undefined {
    if (!/^[A-Za-z_][A-Za-z0-9_-]*$/.test(name))
      return `A secret cannot be named ${JSON.stringify(name)}: wanted letters, digits, _ and -, as it may become an environment variable`;
    const same = this.#like(name);
    if (same?.name === name) return `There are two secrets named "${name}"${firstAt(same, where)}`;
    if (same)
      return `The secrets "${same.name}" and "${name}" would be the same environment variable, ${variableOf(name)}${firstAt(same, where)}`;
    const isLoader = typeof loader === "string" || typeof loader === "function";
    return isLoader
      ? undefined
      : `The secret "${name}" has no loader: wanted a text, or a function that gives one, got ${loader === null ? "null" : typeof loader}`;
  }
}

/** The line of the first one, and the file if it is another one. */
function firstAt({ where: first }: SecretSpec, where: Position | undefined): string {
  if (first === undefined) return "";
  return first.file === where?.file
    ? ` (the first one is on line ${first.line})`
    : ` (the first one is at ${first.file}:${first.line})`;
}

const loading = new AsyncLocalStorage<string>();

/** Calls a loader. */
export async function callLoader({ name, loader }: SecretSpec, host: HostFacts): Promise<unknown> {
  if (typeof loader === "string") return loader;
  return isPerHost({ loader }) ? await loader(host) : await loading.run(name, loader, host);
}

/** Is it loaded for each host by itself? */
export function isPerHost({ loader }: Pick<SecretSpec, "loader">): boolean {
  return typeof loader === "string" || loader.length > 0;
}

/**
 * The host for a body to read. A loader without parameters is called for one host and its value goes to all: one that
 * reads the body's host would give them the wrong one, so that is an error.
 */
export function hostForBody(host: HostFacts): HostFacts {
  const read = <Key extends keyof HostFacts>(key: Key): HostFacts[Key] => {
    const secret = loading.getStore();
    if (secret === undefined) return host[key];
    throw new RcmError(`it reads host.${key}, but is called once for all hosts`, {
      code: "runbook",
      hint: `take the host as a parameter, and it is called for each: secret("${secret}", (host) => …)`,
    });
  };
  return Object.freeze({
    get name() {
      return read("name");
    },
    get vars() {
      return read("vars");
    },
    get groups() {
      return read("groups");
    },
  });
}
