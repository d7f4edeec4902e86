import type { z } from "zod";
import type { Position, RcmError } from "../errors.ts";
import type { HostFacts, StepContext, StepHandle } from "../module/context.ts";
import type { ModuleCall } from "../module/define.ts";
import type { Result } from "../module/result.ts";
import type { StepSink } from "../sink/sink.ts";
import type { SecretSpec } from "./secrets.ts";

/** How often and how patiently a failing step is tried again; times in milliseconds. */
export interface RetryPolicy {
  /** Attempts in all. */
  readonly max: number;
  /** Wait before the second attempt. */
  readonly delay: number;
  /** Each further wait is this many times the one before. */
  readonly backoff: number;
  /** No wait is longer. */
  readonly maxDelay: number;
  /** Share of the wait, 0 to 1, that is left to chance. */
  readonly jitter: number;
  /** Which failures are tried again. */
  readonly on: readonly FailureKind[];
  /** No attempt begins later than this after the first one began; undefined: whenever. */
  readonly within: number | undefined;
  /** The wait after so many attempts, in place of the rules above. */
  readonly wait: ((attempts: number) => number) | undefined;
}

/** What failed a step: its module or its time, or what `post` or `assert` said of it. */
export type FailureKind = "error" | "assert";

/** What the functions of a step read, and refer to by name: the things of their own runbook, wherever it was grafted to. */
export interface Scope {
  /** What stands before the names of its runbook's steps: `health.` in one that was grafted as `health`. */
  readonly prefix: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** The params and what was assigned. */
  readonly assigns: Readonly<Record<string, unknown>>;
}

/** A step as its runbook wrote it, normalised: the one form behind every way of writing it. */
export interface StepSpec {
  readonly name: string;
  readonly call: ModuleCall;
  /** Names of the steps it awaits, those of `changed` included. */
  readonly awaits: readonly string[];
  /** When not empty: the step runs only if one of these changed something. */
  readonly changed: readonly string[];
  /** Whether it is run; without it, it is. */
  readonly when: ((ctx: StepContext) => boolean | Promise<boolean>) | undefined;
  readonly retry: RetryPolicy;
  /** Milliseconds that one attempt may take. */
  readonly timeout: number | undefined;
  /** Milliseconds that all attempts together may take. */
  readonly deadline: number | undefined;
  /** True: as the host's become user; a name: as that user; false: as the login user; undefined: as the host says. */
  readonly become: boolean | string | undefined;
  readonly env: Readonly<Record<string, unknown>>;
  readonly cwd: unknown;
  /** Names of the secrets that it is given. */
  readonly secrets: readonly string[];
  readonly ignoreErrors: boolean;
  /** Where its output goes beside the run's folder. */
  readonly sink: StepSink | undefined;
  /** Makes of its output what later steps see. */
  readonly post: ((output: string) => unknown) | undefined;
  /** Must hold for its result. */
  readonly assert: ((result: Result) => boolean | Promise<boolean>) | undefined;
  readonly scope: Scope;
  readonly where: Position | undefined;
  /** Where an option of the module is written, in a language in which that is known. */
  readonly placeOf?: (option: string) => Position | undefined;
}

/** What a runbook's body came to for one host. */
export interface Built {
  readonly steps: readonly StepSpec[];
  readonly secrets: readonly SecretSpec[];
  readonly problems: readonly RcmError[];
  /** Names of the steps that the body returned, by the keys under which it did. */
  readonly exports: Readonly<Record<string, string>>;
  /** What was assigned in it and in what was grafted into it. */
  readonly assigns: Readonly<Record<string, unknown>>;
  /** Names of its own assigns. */
  readonly ownAssigns: readonly string[];
}

/** A value for a param or an assign, and where it came from: `-e`, `--var-file prod.yaml`, `RCM_VAR_version`. */
export interface GivenParam {
  readonly name: string;
  readonly value: unknown;
  readonly from: string;
  /** Texts from the command line and the environment are cast to what the schema wants. */
  readonly isText: boolean;
}

/** What a body is run within. */
export interface BuildOptions {
  /** The runbooks that it is being grafted into, the outermost first. */
  readonly within?: readonly Runbook[];
  /** Values for its assigns, which win over those of the source. */
  readonly given?: ReadonlyMap<string, GivenParam>;
}

/** Handles that a body returns, for runbooks that it is grafted into. */
export type Exports = Readonly<Record<string, StepHandle<unknown, string> | undefined>>;

const RUNBOOK = Symbol.for("rcm.runbook");
const SITE = Symbol.for("rcm.site");
declare const exported: unique symbol;

/** A named DAG of steps with typed params; made by {@link runbook}. */
export interface Runbook<Params extends z.ZodObject = z.ZodObject, Steps extends Exports = Exports> {
  readonly [RUNBOOK]: true;
  readonly name: string;
  /** The pattern of hosts it is for; undefined leaves the choice to the site or to `all`. */
  readonly hosts: string | undefined;
  readonly params: Params;
  readonly [exported]?: Steps;
  readonly where: Position | undefined;
  /** Where a param is written, in a language in which that is known. */
  readonly placeOf?: (param: string) => Position | undefined;
  /** Runs the body for one host, with checked params. Touches nothing. */
  build(host: HostFacts, params: Readonly<Record<string, unknown>>, options?: BuildOptions): Built;
}

/** One runbook within a site. */
export interface SitePart {
  /** Unique in its site: the runbook's name, or the one given to `run`. */
  readonly name: string;
  readonly runbook: Runbook;
  readonly hosts: string;
  /** Values for the runbook's params, under those of the command line. */
  readonly params: Readonly<Record<string, unknown>>;
  /** Names of the parts it awaits. */
  readonly awaits: readonly string[];
  /** Hosts at a time, as a number or a share such as `25%`; undefined: all. */
  readonly serial: number | string | undefined;
  readonly where: Position | undefined;
}

/** Several runbooks on several host patterns; made by {@link site}. */
export interface Site {
  readonly [SITE]: true;
  readonly name: string;
  readonly parts: readonly SitePart[];
}

/** @internal */
export function brandRunbook(fields: Omit<Runbook, typeof RUNBOOK>): Runbook {
  return Object.freeze({ ...fields, [RUNBOOK]: true as const });
}

/** @internal */
export function brandSite(fields: Omit<Site, typeof SITE>): Site {
  return Object.freeze({ ...fields, [SITE]: true as const });
}

/** True for a runbook, also one that another copy of rcm made. */
export function isRunbook(value: unknown): value is Runbook {
  return typeof value === "object" && value !== null && RUNBOOK in value;
}

/** True for a site, also one that another copy of rcm made. */
export function isSite(value: unknown): value is Site {
  return typeof value === "object" && value !== null && SITE in value;
}
