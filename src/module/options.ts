import { z } from "zod";
import { didYouMean } from "../util/nearest.ts";
import type { StepContext } from "./context.ts";
import type { ModuleDefinition } from "./define.ts";

/** Options with nothing deferred in them, checked; or what is wrong with them, a sentence each. */
export type CheckedOptions =
  | { readonly ok: true; readonly options: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly problems: readonly string[] };

/** What is wrong with options, in a sentence, and with which one if it is one alone. */
export interface OptionProblem {
  readonly option: string | undefined;
  readonly message: string;
}

/** Checks options in which nothing is deferred any more, against the module's schema. */
export function checkOptions(
  definition: ModuleDefinition,
  given: Readonly<Record<string, unknown>>,
): CheckedOptions {
  const { problems, options } = judge(definition, given);
  return options ? { ok: true, options } : { ok: false, problems: problems.map(({ message }) => message) };
}

interface Judgement {
  readonly problems: readonly OptionProblem[];
  readonly options: Readonly<Record<string, unknown>> | undefined;
}

function judge(definition: ModuleDefinition, given: Readonly<Record<string, unknown>>): Judgement {
  const unknown = unknownOptions(definition, given);
  const parsed = definition.options.safeParse(pick(given, Object.keys(definition.options.shape)));
  // A misspelt option often breaks a rule about several: telling that too would only confuse.
  const issues = (parsed.error?.issues ?? []).filter(
    (issue) => unknown.length === 0 || issue.path.length > 0,
  );
  const problems = [...unknown, ...issues.flatMap(problemsOf)];
  return { problems, options: problems.length === 0 ? parsed.data : undefined };
}

/** What can be said to be wrong while some options are still deferred. */
export function knownProblems(
  definition: ModuleDefinition,
  given: Readonly<Record<string, unknown>>,
): readonly OptionProblem[] {
  if (!hasDeferred(definition, given)) return judge(definition, given).problems;
  const problems = Object.entries(definition.options.shape).flatMap(([name, schema]) => {
    const value = given[name];
    if (isCallback(definition, name) || containsFunction(value)) return [];
    const parsed = z
      .object({ [name]: schema as z.ZodType })
      .safeParse(name in given ? { [name]: value } : {});
    return parsed.success ? [] : parsed.error.issues.flatMap(problemsOf);
  });
  return [...unknownOptions(definition, given), ...problems];
}

/** Those options of which nothing is deferred, as the schema reads each. */
export function knownOptions(
  definition: ModuleDefinition,
  given: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const known = Object.entries(given).flatMap(([name, value]) => {
    const schema = definition.options.shape[name] as z.ZodType | undefined;
    const parsed =
      !isCallback(definition, name) && containsFunction(value) ? undefined : schema?.safeParse(value);
    return parsed?.success ? [[name, parsed.data] as const] : [];
  });
  return Object.fromEntries(known);
}

/** True when some option, at any depth, is a function of the run's context. */
export function hasDeferred(definition: ModuleDefinition, given: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(given).some(
    ([name, value]) => !isCallback(definition, name) && containsFunction(value),
  );
}

/** A text from the command line: itself where the schema takes it, else what it reads as: a number, true, a list, an object. */
export function castText(schema: unknown, text: string): unknown {
  if (!(schema instanceof z.ZodType) || schema.safeParse(text).success) return text;
  try {
    const value: unknown = JSON.parse(text);
    return schema.safeParse(value).success ? value : text;
  } catch {
    return text;
  }
}

/** Calls every deferred value. Undefined values are left out, as if the option had not been given. */
export async function resolveOptions(
  definition: ModuleDefinition,
  given: Readonly<Record<string, unknown>>,
  ctx: StepContext,
): Promise<Readonly<Record<string, unknown>>> {
  const resolved: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    const result = isCallback(definition, name) ? value : await resolveValue(value, ctx);
    if (result !== undefined) resolved[name] = result;
  }
  return resolved;
}

/** Calls a deferred value, and those inside of lists and plain objects. */
export async function resolveValue(value: unknown, ctx: StepContext): Promise<unknown> {
  if (typeof value === "function")
    return await resolveValue(await (value as (ctx: StepContext) => unknown)(ctx), ctx);
  if (Array.isArray(value)) return await Promise.all(value.map((item) => resolveValue(item, ctx)));
  if (!isPlain(value)) return value;
  const entries = await Promise.all(
    Object.entries(value).map(async ([key, item]) => [key, await resolveValue(item, ctx)] as const),
  );
  return Object.fromEntries(entries);
}

function containsFunction(value: unknown): boolean {
  if (typeof value === "function") return true;
  if (Array.isArray(value)) return value.some(containsFunction);
  return isPlain(value) && Object.values(value).some(containsFunction);
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function isCallback(definition: ModuleDefinition, name: string): boolean {
  return definition.callbacks?.includes(name) ?? false;
}

function unknownOptions(
  { name, options }: ModuleDefinition,
  given: Readonly<Record<string, unknown>>,
): OptionProblem[] {
  const known = Object.keys(options.shape);
  return Object.keys(given)
    .filter((key) => !known.includes(key))
    .map((key) => ({
      option: key,
      message: `${name} has no option "${key}"${didYouMean(key, known) || `: it has ${known.join(", ")}`}`,
    }));
}

function pick(given: Readonly<Record<string, unknown>>, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(keys.filter((key) => key in given).map((key) => [key, given[key]]));
}

function problemsOf(issue: z.core.$ZodIssue): OptionProblem[] {
  const option = issue.path.length === 0 ? undefined : String(issue.path[0]);
  return sentences(issue).map((message) => ({ option, message }));
}

/** A schema's issue in words; zod does not repeat values, so that no secret is shown. */
function sentences(issue: z.core.$ZodIssue): string[] {
  const path = issue.path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`))
    .join("")
    .replace(/^\./, "");
  const at = path ? `option "${path}": ` : "";
  if (
    issue.code === "invalid_type" &&
    issue.input === undefined &&
    /received undefined/.test(issue.message)
  ) {
    return [`option "${path}" is required: wanted ${issue.expected}`];
  }
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => `${at}there is no "${key}"`);
  return [
    `${at}${issue.message.replace(/^Invalid input: expected (.+), received (.+)$/, "wanted $1, got $2").replace(/^Invalid input/, "has no valid value")}`,
  ];
}
