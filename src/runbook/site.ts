import { RcmError, throwAll } from "../errors.ts";
import { brandSite, type Runbook, type Site, type SitePart } from "./spec.ts";
import { callerPosition } from "./where.ts";

/** Names a runbook of a site, for `await`. */
export interface PartHandle {
  readonly name: string;
}

/** How a runbook is run within a site. */
export interface PartOptions {
  /** The pattern of hosts; the runbook's own when left out. */
  readonly hosts?: string;
  /** Its name in this site, when the same runbook is run twice. */
  readonly name?: string;
  /** Values for its params; those of the command line win. */
  readonly params?: Readonly<Record<string, unknown>>;
  /** What must have succeeded first; the runbook before it when left out; none for `[]`. */
  readonly await?: readonly PartHandle[];
  /** How many hosts at a time: a number, or a share such as `25%`. A failure stops the batches that follow. */
  readonly serial?: number | `${number}%`;
}

/** Adds a runbook to the site. */
export type AddPart = (runbook: Runbook, options?: PartOptions) => PartHandle;

/**
 * Puts several runbooks on several patterns of hosts.
 *
 * A host goes on to a runbook as soon as it has got through those that it awaits itself; where it took no part in
 * them, as soon as all their hosts have. A failure there blocks it.
 *
 * @example
 * export default site("shop", ({ run }) => {
 *   run(base, { hosts: "all" });
 *   run(web, { hosts: "web", serial: 2 });
 * });
 */
export function site(name: string, body: (builder: { readonly run: AddPart }) => void): Site {
  const parts: SitePart[] = [];
  const problems: RcmError[] = [];
  const run: AddPart = (runbook, options = {}) => {
    const part = toPart(runbook, options, parts.at(-1)?.name);
    problems.push(...partProblems(part, parts));
    parts.push(part);
    return { name: part.name };
  };
  body({ run });
  throwAll(problems);
  return brandSite({ name, parts });
}

/** A runbook alone, as a site of one part. */
export function siteOf(runbook: Runbook): Site {
  return brandSite({ name: runbook.name, parts: [toPart(runbook, {}, undefined)] });
}

function toPart(runbook: Runbook, options: PartOptions, previous: string | undefined): SitePart {
  return Object.freeze({
    name: options.name ?? runbook.name,
    runbook,
    hosts: options.hosts ?? runbook.hosts ?? "all",
    params: options.params ?? {},
    awaits: options.await?.map((part) => part.name) ?? (previous === undefined ? [] : [previous]),
    serial: options.serial,
    where: callerPosition() ?? runbook.where,
  });
}

function partProblems({ name, serial, awaits, where }: SitePart, before: readonly SitePart[]): RcmError[] {
  const problem = (message: string): RcmError => new RcmError(message, { code: "plan", where });
  const isShare = typeof serial === "string" && /^(?:[1-9]\d?|100)%$/.test(serial);
  const isCount = typeof serial === "number" && Number.isInteger(serial) && serial >= 1;
  return [
    ...(before.some((part) => part.name === name)
      ? [problem(`The site runs "${name}" twice: give one of them another name with { name: … }`)]
      : []),
    ...(serial === undefined || isShare || isCount
      ? []
      : [problem(`serial is ${JSON.stringify(serial)}: wanted hosts at a time, or a share such as "25%"`)]),
    ...awaits
      .filter((awaited) => !before.some((part) => part.name === awaited))
      .map((awaited) => problem(`"${name}" awaits "${awaited}", which does not run before it in this site`)),
  ];
}
