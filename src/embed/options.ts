import type { Event, Mode } from "../event/event.ts";
import type { InventorySource } from "../inventory/model.ts";
import type { Result } from "../module/result.ts";
import type { Redactor } from "../redact/redactor.ts";
import type { Duration } from "../runbook/framework.ts";
import type { GivenParam, Runbook, Site } from "../runbook/spec.ts";
import type { RunOutcome } from "./outcome.ts";

/** What can be run: a runbook, a site, or the path of a file that exports one of them by default. */
export type Runnable = Runbook | Site | string;

/** How to reach hosts. It wins over the inventory, for all hosts. */
export interface ConnectionOptions {
  /** `local` is this machine, without SSH. */
  readonly type?: "ssh" | "local" | undefined;
  readonly user?: string | undefined;
  readonly port?: number | undefined;
  /** Path of a private key. */
  readonly privateKey?: string | undefined;
  /** The login password. It is not kept with the run. */
  readonly password?: string | undefined;
  /** A file whose first line is the login password. */
  readonly passwordFile?: string | undefined;
  /** Ask for the login password, with {@link RunOptions.ask}. */
  readonly askPassword?: boolean | undefined;
  /** Run as another user, by sudo. */
  readonly become?: boolean | undefined;
  readonly becomeUser?: string | undefined;
  /** sudo's password. It is not kept with the run. */
  readonly becomePassword?: string | undefined;
  /** A file whose first line is sudo's password. */
  readonly becomePasswordFile?: string | undefined;
  /** Ask for sudo's password, with {@link RunOptions.ask}; an empty answer stands for the login password. */
  readonly askBecomePassword?: boolean | undefined;
  /** A host must answer within this time; 10 s unless said otherwise. */
  readonly connectTimeout?: Duration | undefined;
  /** A login must be through within this time; 30 s unless said otherwise. */
  readonly authTimeout?: Duration | undefined;
  /** `strict` unless said otherwise. */
  readonly hostKeyChecking?: "strict" | "accept-new" | "off" | undefined;
  /** A file of known host keys, instead of the usual ones. */
  readonly knownHosts?: string | undefined;
}

/** A step that begins. */
export interface StepStart {
  readonly host: string;
  /** The step's id: its name, behind its runbook's when several run. */
  readonly step: string;
  /** The module's name. */
  readonly module: string;
}

/** A step that has ended. */
export interface StepEnd extends StepStart {
  readonly result: Result;
}

/**
 * Functions that are told how a run goes. What one throws, or its promise is rejected with, cancels the run, and
 * `result` is rejected with it.
 */
export interface RunCallbacks {
  /** Everything that happens, in order. */
  readonly onEvent?: ((event: Event) => void) | undefined;
  /** A step begins; once, however often it is tried. Not called for steps that are not run. */
  readonly onStepStart?: ((step: StepStart) => void | Promise<void>) | undefined;
  /** A step has ended, whatever it came to. Not called for steps that are not run. */
  readonly onStepComplete?: ((step: StepEnd) => void | Promise<void>) | undefined;
  /** The run has completed, or was halted. */
  readonly onComplete?: ((outcome: RunOutcome) => void | Promise<void>) | undefined;
  /** A step failed, or a host could not be reached. */
  readonly onFailure?: ((outcome: RunOutcome) => void | Promise<void>) | undefined;
}

/** How to run, whatever is run. */
export interface RunOptions extends RunCallbacks {
  readonly connection?: ConnectionOptions | undefined;
  /** How many hosts are at work at once; 50 unless said otherwise. */
  readonly forks?: number | undefined;
  /** False: send every step by itself. */
  readonly fuse?: boolean | undefined;
  /** Cancels the run, as {@link RunHandle.cancel} does. */
  readonly signal?: AbortSignal | undefined;
  /** Is asked for passwords and passphrases; without it, whatever needs one is an error. */
  readonly ask?: ((what: string) => Promise<string>) | undefined;
  /** Where runs are kept, instead of the usual place. */
  readonly stateDir?: string | undefined;
  /** What others are told who want to work on the same hosts; the program's name unless said otherwise. */
  readonly command?: string | undefined;
  /** @internal Learns the secrets of the run, for whoever shows more than its events; one of its own if left out. */
  readonly redactor?: Redactor | undefined;
  /** False: leave the results of steps out of the outcome, as for thousands of hosts. */
  readonly collect?: boolean | undefined;
}

/** How to plan: what would change, and nothing is touched. */
export interface PlanOptions extends RunOptions {
  /** Files, lists of hosts such as `web1,web2`, or objects; later ones are laid over earlier ones. This machine if left out. */
  readonly inventory?: InventorySource | readonly InventorySource[] | undefined;
  /** A pattern that narrows the hosts. */
  readonly limit?: string | undefined;
  /** Values for the params, by name; or a list that also says where each came from. */
  readonly params?: Readonly<Record<string, unknown>> | readonly GivenParam[] | undefined;
  /** Where relative local paths begin, for a runbook that comes from no file; the working directory unless said otherwise. */
  readonly folder?: string | undefined;
}

/** How to apply. */
export interface ApplyOptions extends PlanOptions {
  /** `check` is a dry run: what would change is told, and nothing is touched. */
  readonly mode?: Exclude<Mode, "stub"> | undefined;
  /** False: keep nothing on the disk, and take no locks. Such a run cannot be resumed. */
  readonly keep?: boolean | undefined;
  /** Go on with the newest run of the same runbook, inventory, limit and params that did not complete. */
  readonly resume?: boolean | undefined;
}

/** How to resume. What the run was begun with is taken from the disk, but for passwords, objects and runbooks. */
export interface ResumeOptions extends RunOptions {
  /** The runbook or site, if the run was begun with one that came from no file. */
  readonly runbook?: Runnable | undefined;
  /** The inventory, if the run was begun with an object. */
  readonly inventory?: InventorySource | readonly InventorySource[] | undefined;
  /** Where relative local paths begin, for a runbook that comes from no file. */
  readonly folder?: string | undefined;
}
