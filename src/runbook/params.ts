import { z } from "zod";
import { RcmError } from "../errors.ts";
import { castText } from "../module/options.ts";
import { didYouMean } from "../util/nearest.ts";
import type { Site, SitePart } from "./spec.ts";

/** A value for a param, and where it came from: `-e`, `--var-file prod.yaml`, `RCM_VAR_version`. */
export interface GivenParam {
  readonly name: string;
  readonly value: unknown;
  readonly from: string;
  /** Texts from the command line and the environment are cast to what the schema wants. */
  readonly isText: boolean;
}

/** Params of each part of a site by the part's name, checked; or what is wrong with them. */
export interface CastParams {
  readonly byPart: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  readonly problems: readonly RcmError[];
}

/** Casts what was given to each runbook's params; later ones in the list win. */
export function castParams(site: Site, given: readonly GivenParam[]): CastParams {
  const byPart = new Map<string, Readonly<Record<string, unknown>>>();
  const problems = unknownParams(site, given);
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
  const parsed = z.strictObject(shape).safeParse(values);
  if (parsed.success) return { params: parsed.data as Record<string, unknown>, problems: [] };
  return { params: {}, problems: parsed.error.issues.map((issue) => paramProblem(part, issue, from)) };
}

function paramProblem(
  { runbook, where }: SitePart,
  issue: z.core.$ZodIssue,
  from: ReadonlyMap<string, string>,
): RcmError {
  const name = String(issue.path[0] ?? "");
  const source = from.get(name);
  const isMissing = issue.code === "invalid_type" && source === undefined;
  const what = isMissing
    ? `is required: wanted ${issue.expected}`
    : issue.message.replace(/^Invalid input: expected (.+), received (.+)$/, "wanted $1, got $2");
  return new RcmError(
    `Param "${issue.path.map(String).join(".")}" of the runbook "${runbook.name}"${source ? ` (from ${source})` : ""} ${what}`,
    {
      code: "plan",
      where: source ? undefined : where,
      hint: isMissing ? `give it with -e ${name}=VALUE` : undefined,
    },
  );
}

function unknownParams(site: Site, given: readonly GivenParam[]): RcmError[] {
  const known = new Set(site.parts.flatMap((part) => Object.keys(part.runbook.params.shape)));
  return given
    .filter(({ name, from }) => !known.has(name) && !from.startsWith("RCM_VAR_"))
    .map(
      ({ name, from }) =>
        new RcmError(
          `No runbook of "${site.name}" has a param "${name}" (from ${from})${didYouMean(name, known) || (known.size > 0 ? `: there are ${[...known].join(", ")}` : ": it has no params")}`,
          { code: "plan" },
        ),
    );
}
