import type { FlowFunction } from "../functions/function.ts";
import type { TaskType } from "../tasks/task-type.ts";

/** What the blocks of a flow may use. */
export interface FlowWorld {
  readonly types: ReadonlyMap<string, TaskType>;
  readonly functions: ReadonlyMap<string, FlowFunction>;
}
