import type { z } from "zod";
import { RcmError } from "../errors.ts";
import type { LocalFile } from "../shell/file.ts";
import type { Action, Report } from "./action.ts";
import type { DeferrableOptions, StepContext } from "./context.ts";
import type { Property } from "./property.ts";
import type { RunHost, RunResult } from "./run.ts";
import type { Secrets } from "./secrets.ts";

/** The machine that rcm runs on, as a module sees it; relative paths begin at the runbook's folder. */
export interface LocalSide {
  /** The whole path of a file or folder, whether it is there or not. */
  path(path: string): string;
  /** One file, with its hash. */
  file(path: string): Promise<LocalFile>;
  /** Everything below a folder, sorted; undefined when the path is a single file. */
  tree(path: string): Promise<LocalTree | undefined>;
  /** Those that the step's option `secrets` gives it. */
  readonly secrets: Secrets;
}

/** A local folder: paths relative to it. */
export interface LocalTree {
  readonly folders: readonly string[];
  readonly files: ReadonlyArray<{ readonly path: string; readonly file: LocalFile }>;
}

/** A schema for a module's options: `z.object` or `z.strictObject`; unknown options are refused either way. */
export type OptionsSchema = z.ZodObject;

interface Common<Schema extends OptionsSchema> {
  /** As it is written in flows and ad hoc: lower case, `_` between words. */
  readonly name: string;
  /** `Commands`, `Files`, `Network`, `Packages`, `Services`, `System`, `Utility` or one of your own. */
  readonly category: string;
  /** What it does, in one sentence. */
  readonly summary: string;
  readonly options: Schema;
  /** A call that is shown in the documentation. */
  readonly example?: string;
  /**
   * Looks at the options whose values are known, before any host is touched, and at all of them when others were
   * deferred; what it throws is wrong with the step.
   */
  readonly check?: (known: Readonly<Partial<z.output<Schema>>>, local: LocalSide) => Promise<void>;
  /** Options that are functions themselves, and so never deferred values. */
  readonly callbacks?: ReadonlyArray<string>;
  /** True: its scripts find the step's secrets in their environment, upper-cased and with `_` for `-`. */
  readonly secretVariables?: boolean;
  /**
   * Options in which a secret of the step is safe, because no program gets them as an argument, which everybody on the
   * host could see: they go there over a pipe, in a private file or to a built-in of the shell, or not at all. In all
   * others a secret is refused.
   */
  readonly secretOptions?: ReadonlyArray<string>;
}

/** A module that is data about state: each property is probed, compared and, if it differs, applied. */
export interface StateModule<Schema extends OptionsSchema> extends Common<Schema> {
  /** The properties that these options ask for, in the order in which they are brought about. */
  readonly properties: (
    options: z.output<Schema>,
    local: LocalSide,
    ctx: StepContext,
  ) => Readonly<Record<string, Property>> | Promise<Readonly<Record<string, Property>>>;
  readonly action?: never;
  readonly run?: never;
}

/** A module whose effect is not state: a script that is run. */
export interface ActionModule<Schema extends OptionsSchema> extends Common<Schema> {
  /** The script that these options ask for. */
  readonly action: (
    options: z.output<Schema>,
    local: LocalSide,
    ctx: StepContext,
  ) => Action | Promise<Action>;
  readonly properties?: never;
  readonly run?: never;
}

/** A module whose script only looks, and makes its output of what it finds. */
export interface ReportModule<Schema extends OptionsSchema, Output> extends Common<Schema> {
  /** The script that these options ask for, and what is made of its answer. */
  readonly action: (
    options: z.output<Schema>,
    local: LocalSide,
    ctx: StepContext,
  ) => Action & {
    /** Makes the output of what the script printed. */
    readonly report: (printed: string) => Report<Output>;
  };
  readonly properties?: never;
  readonly run?: never;
}

/** A module that needs this side: an asynchronous function over a narrow view of the host. */
export interface RunModule<Schema extends OptionsSchema, Output> extends Common<Schema> {
  /** Does it; what it throws, and an `error` in its result, fail the step. */
  readonly run: (options: z.output<Schema>, host: RunHost, local: LocalSide) => Promise<RunResult<Output>>;
  /** What a dry run says; it does not call `run`. */
  readonly describe: (options: z.output<Schema>) => string;
  /** What a dry run does instead of that, where looking tells more: it changes nothing, here or there. */
  readonly preview?: (
    options: z.output<Schema>,
    host: RunHost,
    local: LocalSide,
  ) => Promise<RunResult<Output>>;
  /** Whether a dry run counts the step as a change. */
  readonly changes: boolean | ((options: z.output<Schema>) => boolean);
  readonly properties?: never;
  readonly action?: never;
}

/** What a step module is: exactly one of `properties`, `action` and `run`. */
export type ModuleDefinition<Schema extends OptionsSchema = OptionsSchema, Output = unknown> =
  | StateModule<Schema>
  | ActionModule<Schema>
  | RunModule<Schema, Output>;

/** A module with the options of one step. */
export interface ModuleCall<Output = unknown> {
  readonly definition: ModuleDefinition;
  /** As given: deferred values are still functions, nothing is checked. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Only a type: what the step's output will be. */
  readonly output?: Output;
}

/** A module: call it with options and give the result to `step`. */
export interface Module<Schema extends OptionsSchema = OptionsSchema, Output = string> {
  (options: DeferrableOptions<z.input<Schema>>): ModuleCall<Output>;
  readonly definition: ModuleDefinition;
  /** Only a type: the schema of its options. */
  readonly schema?: Schema;
}

/**
 * Defines a step module.
 *
 * @throws RcmError when it has not exactly one of `properties`, `action` and `run`, its name is none, or `secretOptions`
 * names what is no option
 * @example
 * export const hostname = defineModule({
 *   name: "hostname",
 *   category: "System",
 *   summary: "Sets the system's host name.",
 *   options: z.strictObject({ name: z.string().describe("the new host name") }),
 *   properties: ({ name }) => ({
 *     hostname: { probe: sh`hostname`, want: name, apply: sh`hostnamectl set-hostname ${name}` },
 *   }),
 * });
 */
export function defineModule<Schema extends OptionsSchema, Output>(
  definition: ReportModule<Schema, Output>,
): Module<Schema, Output>;
export function defineModule<Schema extends OptionsSchema>(
  definition: StateModule<Schema> | ActionModule<Schema>,
): Module<Schema, string>;
export function defineModule<Schema extends OptionsSchema, Output>(
  definition: RunModule<Schema, Output>,
): Module<Schema, Output>;
export function defineModule(definition: object): Module<OptionsSchema, never> {
  const checked = check(definition as ModuleDefinition);
  const call = (options: object): ModuleCall<never> =>
    Object.freeze({ definition: checked, options: Object.freeze({ ...options }) });
  return Object.assign(call, { definition: checked }) as unknown as Module<OptionsSchema, never>;
}

function check(definition: ModuleDefinition): ModuleDefinition {
  const kinds = (["properties", "action", "run"] as const).filter((kind) => definition[kind] !== undefined);
  if (!/^[a-z][a-z0-9_]*$/.test(definition.name)) {
    throw new RcmError(`Cannot define the module "${definition.name}": a name is lower case, digits and _`, {
      code: "runbook",
    });
  }
  if (kinds.length !== 1) {
    throw new RcmError(
      `Cannot define the module "${definition.name}": wanted exactly one of properties, action and run, got ${kinds.join(" and ") || "none"}`,
      { code: "runbook" },
    );
  }
  const unknown = definition.secretOptions?.find((option) => !(option in definition.options.shape));
  if (unknown !== undefined) {
    throw new RcmError(
      `Cannot define the module "${definition.name}": secretOptions names "${unknown}", which is no option of it`,
      { code: "runbook" },
    );
  }
  return Object.freeze(definition);
}

/** Whether a dry run counts a call of the module as a change. */
export function changesBy<Schema extends OptionsSchema, Output>(
  { changes }: RunModule<Schema, Output>,
  options: z.output<Schema>,
): boolean {
  return typeof changes === "function" ? changes(options) : changes;
}

/** True for something that {@link defineModule} made. */
export function isModule(value: unknown): value is Module {
  return typeof value === "function" && typeof (value as Partial<Module>).definition?.name === "string";
}
