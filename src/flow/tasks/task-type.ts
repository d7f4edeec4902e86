import type { ModuleDefinition } from "../../module/define.ts";
import type { Result } from "../../module/result.ts";
import type { Runbook } from "../../runbook/spec.ts";
import type { Origin } from "../origin.ts";

/** What a `task` block's first label means. */
export type TaskType = ModuleTask | TemplateTask | FlowTask | RunbookTask;

/** A step module. */
export interface ModuleTask {
  readonly kind: "module";
  readonly name: string;
  readonly definition: ModuleDefinition;
  /** What expressions can read of the step when it has ended, by name. */
  readonly results: Readonly<Record<string, ReadResult>>;
  /** Undefined for those that come with rcm. */
  readonly origin?: Origin;
}

/** A template, in which names of the task's own can be used. */
export interface TemplateTask extends Omit<ModuleTask, "kind"> {
  readonly kind: "template";
}

/** Another flow, whose tasks become steps of this one. */
export interface FlowTask {
  readonly kind: "flow";
  readonly name: string;
  /** The flow that was imported; undefined for `flow_run`, whose arguments say which. */
  readonly imported: string | undefined;
}

/** A runbook, whose steps become steps of this one. */
export interface RunbookTask {
  readonly kind: "runbook";
  readonly name: string;
  readonly runbook: Runbook;
  readonly origin: Origin;
}

/** A step that has ended, as its attributes are made of it. */
interface Ended {
  readonly result: Result;
  /** All that it printed. */
  readonly stdout: () => string;
  readonly stderr: () => string;
}

/** Makes an attribute of a step that has ended. */
export type ReadResult = (ended: Ended) => unknown;
