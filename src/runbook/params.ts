import type { z } from "zod";
import { RcmError } from "../errors.ts";
import { castText } from "../module/options.ts";
import { didYouMean } from "../util/nearest.ts";
import type { GivenParam, Runbook, Site, SitePart } from "./spec.ts";

/** Params of each part of a site by the part's name, checked; or what is wrong with them. */
export interface CastParams {
  readonly byPart: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  readonly problems: readonly RcmError[];
}

/** Casts what was given to each runbook's params; later ones in the list win. Names that no runbook has are let pass. */
export function castParams(site: Site, given: readonly GivenParam[]): CastParams {
  const byPart = new Map<string, Readonly<Record<string, unknown>>>();
  const problems: RcmError[] = [];
  for (const part of site.parts) {
    const cast = castPart(part, given);
    byPart.set(part.name, cast.params);
    problems.push(...cast.problems);
  }
  return { byPart, problems };
}

function castPart(
  part: SitePart,
  given: readonly GivenParam[],
): { params: Record<string, unknown>; problems: RcmError[] } {
  const { shape } = part.runbook.params;
  const values: Record<string, unknown> = { ...part.params };
  const from = new Map<string, string>();
  for (const { name, value, isText, from: source } of given) {
    const schema = shape[name] as z.ZodType | undefined;
    if (!schema) continue;
    values[name] = isText ? castText(schema, String(value)) : value;
    from.set(name, source);
  }
  const parsed = strict(part.runbook).safeParse(values);
  if (parsed.success) return { params: parsed.data as Record<string, unknown>, problems: [] };
  return { params: {}, problems: parsed.error.issues.map((issue) => paramProblem(part, issue, from)) };
}

/** The runbook's schema with its rules; params that it does not have are refused. */
function strict({ params }: Runbook): z.ZodObject {
  return params.strict();
}

function paramProblem(
  { runbook, where }: SitePart,
  issue: z.core.$ZodIssue,
  from: ReadonlyMap<string, string>,
): RcmError {
  const name = String(issue.path[0] ?? "");
  const source = from.get(name);
  const { message, isMissing } = tell(runbook, issue, source);
  return new RcmError(message, {
    code: "plan",
    where: source ? undefined : (runbook.placeOf?.(name) ?? where),
    hint: isMissing ? `give it with -e ${name}=VALUE` : undefined,
  });
}

/** Checks the params that a runbook is grafted with. */
export function castGrafted(
  runbook: Runbook,
  prefix: string,
  given: unknown,
): {
  readonly params: Readonly<Record<string, unknown>>;
  readonly problems: ReadonlyArray<{ readonly message: string; readonly hint?: string }>;
} {
  const parsed = strict(runbook).safeParse(given ?? {});
  if (parsed.success) return { params: parsed.data, problems: [] };
  const problems = parsed.error.issues.map((issue) => {
    const { message, isMissing } = tell(runbook, issue, undefined);
    const hint = `give it to graft("${prefix}", …, { params: { … } })`;
    return isMissing ? { message, hint } : { message };
  });
  return { params: {}, problems };
}

/** An issue in words; `source` is where the value came from, when that was not the runbook's file. */
function tell(
  { name }: Runbook,
  issue: z.core.$ZodIssue,
  source: string | undefined,
): { readonly message: string; readonly isMissing: boolean } {
  const from = source ? ` (from ${source})` : "";
  if (issue.code === "unrecognized_keys")
    return {
      message: `The runbook "${name}" has no param ${issue.keys.map((key) => `"${key}"`).join(", ")}`,
      isMissing: false,
    };
  if (issue.path.length === 0)
    return { message: `The params of the runbook "${name}": ${issue.message}`, isMissing: false };
  const isMissing = issue.code === "invalid_type" && /received undefined$/.test(issue.message);
  const what = isMissing
    ? `is required: wanted ${issue.expected}`
    : issue.message.replace(/^Invalid input: expected (.+), received (.+)$/, "wanted $1, got $2");
  const path = issue.path.map(String).join(".");
  return { message: `Param "${path}" of the runbook "${name}"${from} ${what}`, isMissing };
}

/** Params that were given and that nothing in the site has, neither as a param nor as an assign. */
export function unknownParams(
  site: Site,
  given: readonly GivenParam[],
  assigns: ReadonlySet<string>,
): RcmError[] {
  const known = new Set([
    ...site.parts.flatMap((part) => Object.keys(part.runbook.params.shape)),
    ...assigns,
  ]);
  return given
    .filter(({ name, from }) => !known.has(name) && !/^(?:RCM|RUNFLOW)_VAR_/.test(from))
    .map(
      ({ name, from }) =>
        new RcmError(
          `No runbook of "${site.name}" has a param "${name}" (from ${from})${didYouMean(name, known) || (known.size > 0 ? `: there are ${[...known].join(", ")}` : ": it has no params")}`,
          { code: "plan" },
        ),
    );
}
