import { RcmError } from "../errors.ts";

declare const owner: unique symbol;

/** A secret of a runbook, for the step option `secrets` and for reading it where a step is given it. */
export interface SecretHandle<Book extends string = string> {
  /** As it was given to `secret`. */
  readonly name: string;
  readonly [owner]?: Book;
}

/** The secrets that a step's option `secrets` gives it. */
export interface Secrets {
  readonly names: readonly string[];
  /**
   * The value of one.
   *
   * @throws RcmError when the step's option `secrets` does not list it
   * @example
   * ctx.secrets.get(token)
   */
  get(secret: SecretHandle | string): string;
}

/** What is thrown where a value is read while a plan is made: loaders have not run by then. */
export class SecretNotLoaded extends Error {
  constructor(name: string) {
    super(`the secret "${name}" has not been loaded yet`);
  }
}

/** The named ones of these values; undefined values: none is loaded yet. */
export function secretsFrom(
  names: readonly string[],
  values: ReadonlyMap<string, string> | undefined,
): Secrets {
  return Object.freeze({
    names,
    get: (secret: SecretHandle | string): string => {
      const name = typeof secret === "string" ? secret : secret.name;
      if (!names.includes(name)) throw notListed(name);
      const value = values?.get(name);
      if (value === undefined) throw new SecretNotLoaded(name);
      return value;
    },
  });
}

/** The environment variable for a secret: `api-token` is `API_TOKEN`. */
export function variableOf(secret: string): string {
  return secret.replaceAll("-", "_").toUpperCase();
}

function notListed(name: string): RcmError {
  return new RcmError(`The secret "${name}" is read, but the step is not given it`, {
    code: "step",
    hint: `list it in the step's option secrets`,
  });
}
