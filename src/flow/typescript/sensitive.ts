import type { StepContext } from "../../module/context.ts";
import type { SecretHandle } from "../../module/secrets.ts";
import type { AddSecret } from "../../runbook/secrets.ts";
import { secretTexts } from "../build/sensitive.ts";

/** A param that nobody may see. */
export interface Sensitive<Book extends string, Value> {
  /** For the option `secrets` of the steps that read it. */
  readonly secrets: ReadonlyArray<SecretHandle<Book>>;
  /** Its value, for the steps that have it among their secrets. */
  readonly read: (ctx: StepContext) => Value;
}

/**
 * Makes a secret of a param, as a flow does of a sensitive variable: each text in it is one. Null and `""` are none.
 *
 * @example
 * const token = sensitive(secret, "token", params.token);
 * step("login", bashRun({ command: (ctx) => text`login ${token.read(ctx)}` }), { secrets: token.secrets });
 */
export function sensitive<Book extends string, Value>(
  secret: AddSecret<Book>,
  name: string,
  value: Value,
): Sensitive<Book, Value> {
  const secrets = secretTexts(name, value).map(([own, text]) => secret(own, text));
  return {
    secrets,
    read: (ctx) => {
      for (const one of secrets) ctx.secrets.get(one);
      return value;
    },
  };
}
