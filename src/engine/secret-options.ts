import { RcmError } from "../errors.ts";
import type { ModuleDefinition } from "../module/define.ts";
import { type Secrets, variableOf } from "../module/secrets.ts";
import { Redactor } from "../redact/redactor.ts";

/**
 * Refuses a secret in an option that the module does not list in `secretOptions`: what becomes an argument of a program
 * on the host, everybody there can see. A secret counts in all forms in which it would be hidden, such as in a URL.
 *
 * @param given with nothing deferred in them
 * @param redactor knows all secrets of the run: where it finds none, there is none
 * @throws RcmError that names the option and the secret
 */
export function forbidSecrets(
  definition: ModuleDefinition,
  given: Readonly<Record<string, unknown>>,
  secrets: Secrets,
  redactor: Redactor,
): void {
  if (secrets.names.length === 0) return;
  const { secretOptions = [] } = definition;
  const suspects = Object.entries(given).filter(
    ([option, value]) => !secretOptions.includes(option) && finds(redactor, value),
  );
  for (const [option, value] of suspects) {
    const secret = secrets.names.find((name) => finds(redactorOf(secrets.get(name)), value));
    if (secret !== undefined) throw refusal(definition, option, secret);
  }
}

/** At any depth, in keys as well as in values. */
function finds(redactor: Redactor, value: unknown): boolean {
  return !Object.is(redactor.value(value), value);
}

function redactorOf(secret: string): Redactor {
  const redactor = new Redactor();
  redactor.add(secret);
  return redactor;
}

function refusal(definition: ModuleDefinition, option: string, secret: string): RcmError {
  const { name, secretVariables = false, secretOptions = [] } = definition;
  const hint = secretVariables
    ? `read it from the environment: "$${variableOf(secret)}"`
    : secretOptions.length > 0
      ? `these options of ${name} take secrets: ${secretOptions.join(", ")}`
      : `${name} takes secrets in none of its options`;
  return new RcmError(
    `option "${option}": it holds the secret "${secret}", which ${secretVariables ? "would" : "could"} show in the host's list of processes`,
    { code: "step", hint },
  );
}
