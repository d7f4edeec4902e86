import { didYouMean } from "../util/nearest.ts";
import { castGrafted } from "./params.ts";
import { placeOf, runbookNames, runbooksNamed } from "./registry.ts";
import { isRunbook, type Runbook } from "./spec.ts";

/** A runbook, or the name of one. */
export type Target = Runbook | string;

/** What is to be grafted, with its params; or what is wrong with it. */
export type FoundTarget =
  | { readonly ok: true; readonly runbook: Runbook; readonly params: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly problems: readonly TargetProblem[] };

interface TargetProblem {
  readonly message: string;
  readonly hint?: string;
}

/**
 * Finds the runbook, and checks its params.
 *
 * @param within the runbooks that it goes into, the outermost first
 */
export function targetOf(
  prefix: string,
  target: Target,
  params: unknown,
  within: readonly Runbook[],
): FoundTarget {
  const found = typeof target === "string" ? byName(prefix, target) : itself(prefix, target);
  if (!isRunbook(found)) return { ok: false, problems: [found] };
  if (within.includes(found)) return { ok: false, problems: [circle(found, within)] };
  const cast = castGrafted(found, prefix, params);
  return cast.problems.length > 0
    ? { ok: false, problems: cast.problems }
    : { ok: true, runbook: found, params: cast.params };
}

/** What is wrong with a prefix and options. */
export function graftProblems(
  prefix: string,
  options: Readonly<Record<string, unknown>>,
  known: readonly string[],
): string[] {
  const who = `The grafted runbook "${prefix}"`;
  const isName = typeof prefix === "string" && prefix !== "" && !/[\0-\x1f/]/.test(prefix);
  return [
    ...(isName
      ? []
      : [
          `A runbook cannot be grafted as ${JSON.stringify(prefix)}: wanted a text without "/" and control characters`,
        ]),
    ...Object.keys(options)
      .filter((key) => !known.includes(key))
      .map((key) => `${who}: there is no option "${key}": wanted ${known.join(" or ")}`),
    ...(options.await === undefined || Array.isArray(options.await) || !known.includes("await")
      ? []
      : [`${who}: await is ${JSON.stringify(options.await)}: wanted a list of steps`]),
  ];
}

function byName(prefix: string, name: string): Runbook | TargetProblem {
  const [found, ...others] = runbooksNamed(name);
  if (!found)
    return {
      message: `Cannot graft "${name}" as "${prefix}": there is no runbook of that name${didYouMean(name, runbookNames())}`,
      hint: `the file that it is written in must be imported, as in: import "./FILE.ts"`,
    };
  if (others.length === 0) return found;
  const places = [found, ...others].map(placeOf).join(" and ");
  return {
    message: `Cannot graft "${name}" as "${prefix}": there are several runbooks of that name, at ${places}`,
    hint: "graft the one that you mean itself, instead of its name",
  };
}

function circle(runbook: Runbook, within: readonly Runbook[]): TargetProblem {
  const names = [...within.slice(within.indexOf(runbook)), runbook].map(({ name }) => `"${name}"`);
  return { message: `A runbook cannot be grafted into itself: ${names.join(" grafts ")}` };
}

function itself(prefix: string, target: unknown): Runbook | TargetProblem {
  if (isRunbook(target)) return target;
  return { message: `Cannot graft anything as "${prefix}": wanted a runbook, or the name of one` };
}
