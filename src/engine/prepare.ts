import { RcmError } from "../errors.ts";
import { act } from "../module/action.ts";
import { NotKnown, type StepContext } from "../module/context.ts";
import { converge } from "../module/converge.ts";
import type { LocalSide } from "../module/define.ts";
import { checkOptions, hasDeferred, resolveOptions, resolveValue } from "../module/options.ts";
import { type Secrets, variableOf } from "../module/secrets.ts";
import type { Mode, Work } from "../module/work.ts";
import type { PlannedStep } from "../plan/plan.ts";
import type { Redactor } from "../redact/redactor.ts";
import { isVariableName, type Surroundings } from "../shell/wrap.ts";
import type { Become } from "../transport/connection.ts";
import type { HostLine } from "./line.ts";
import { forbidSecrets } from "./secret-options.ts";

/** A step with nothing deferred in it any more. */
export interface Prepared {
  readonly step: PlannedStep;
  readonly options: Readonly<Record<string, unknown>>;
  readonly surroundings: Surroundings;
  readonly become: Become | undefined;
  readonly ctx: StepContext;
  readonly secrets: Secrets;
  /** What is sent to the host; undefined for a module that needs this side, and with stubs. */
  readonly work: Work | undefined;
}

/** What a step is prepared with. */
export interface PrepareSource {
  readonly line: HostLine;
  readonly mode: Mode;
  readonly local: LocalSide;
  /** Finds secrets where none may be. */
  readonly redactor: Redactor;
}

/** Does it read facts that are not known yet? */
export async function readsFacts({ when, call, env, cwd }: PlannedStep, ctx: StepContext): Promise<boolean> {
  try {
    await when?.(ctx);
    if (hasDeferred(call.definition, call.options)) await resolveOptions(call.definition, call.options, ctx);
    await resolveValue([env, cwd], ctx);
    return false;
  } catch (error) {
    return error instanceof NotKnown && error.what === "facts";
  }
}

/** Resolves and checks a step's options, and makes what is to be sent of them. */
export async function prepare(step: PlannedStep, ctx: StepContext, source: PrepareSource): Promise<Prepared> {
  const options = await optionsOf(step, ctx, source.redactor);
  // What was known has been looked at before any host was touched.
  const { definition, options: given } = step.call;
  if (definition.check && hasDeferred(definition, given)) await definition.check(options, source.local);
  const surroundings = await surroundingsOf(step, ctx);
  const become = source.line.becomeFor(step.become);
  const work = await workOf(step, options, become, ctx, source);
  return { step, options, surroundings, become, ctx, secrets: ctx.secrets, work };
}

async function optionsOf(
  { call }: PlannedStep,
  ctx: StepContext,
  redactor: Redactor,
): Promise<Readonly<Record<string, unknown>>> {
  const given = await resolveOptions(call.definition, call.options, ctx);
  forbidSecrets(call.definition, given, ctx.secrets, redactor);
  const checked = checkOptions(call.definition, given);
  if (!checked.ok) throw new RcmError(checked.problems.join("; "), { code: "step" });
  return checked.options;
}

async function surroundingsOf({ call, env, cwd }: PlannedStep, ctx: StepContext): Promise<Surroundings> {
  const values = (await resolveValue(env, ctx)) as Record<string, unknown>;
  const odd = Object.entries(values).find(
    ([name, value]) => !isVariableName(name) || !["string", "number"].includes(typeof value),
  );
  if (odd) throw new RcmError(`env.${odd[0]} is no text or number`, { code: "step" });
  const folder = await resolveValue(cwd, ctx);
  if (folder !== undefined && typeof folder !== "string")
    throw new RcmError("cwd is no path", { code: "step" });
  return {
    cwd: folder,
    env: Object.fromEntries([
      ...Object.entries(values).map(([name, value]) => [name, String(value)]),
      ...(call.definition.secretVariables ? variables(ctx.secrets) : []),
    ]),
  };
}

function variables(secrets: Secrets): ReadonlyArray<readonly [string, string]> {
  return secrets.names.map((name) => [variableOf(name), secrets.get(name)]);
}

async function workOf(
  { call: { definition } }: PlannedStep,
  options: Readonly<Record<string, unknown>>,
  become: Become | undefined,
  ctx: StepContext,
  { line, mode, local }: PrepareSource,
): Promise<Work | undefined> {
  if (mode === "stub") return undefined;
  const side = { ...local, secrets: ctx.secrets };
  if (definition.action) return act(await definition.action(options, side, ctx), mode);
  if (!definition.properties) return undefined;
  return converge(await definition.properties(options, side, ctx), mode, (file) => line.has(file, become));
}
