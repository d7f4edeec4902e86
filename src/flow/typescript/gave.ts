import type { StepContext, StepHandle } from "../../module/context.ts";
import type { ModuleDefinition } from "../../module/define.ts";
import { endedStep } from "../build/task-values.ts";
import { resultsOf } from "../tasks/table.ts";

/** What can be read of a step that has ended, by name; printed texts without the white space around them. */
export interface Gave {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: string;
  readonly changed: boolean;
  readonly message: string;
  // biome-ignore lint/suspicious/noExplicitAny: what else there is depends on the module; a flow does not know its type either
  readonly [name: string]: any;
}

/**
 * What a flow reads of a task, `task.bash_run.build.stdout`, for a step of that module.
 *
 * @throws Error when the step does not run on this host
 * @example
 * step("show", bashRun({ command: (ctx) => text`echo ${gave(ctx, bashRun, build).stdout}` }));
 */
export function gave(
  ctx: StepContext,
  { definition }: { readonly definition: ModuleDefinition },
  step: StepHandle | undefined,
): Gave {
  if (!step)
    throw new Error(`a step of the module ${definition.name} does not run on the host "${ctx.host.name}"`);
  const ended = endedStep(ctx, step.name);
  const made = Object.create(null) as Gave;
  for (const [name, read] of Object.entries(resultsOf(definition)))
    Object.defineProperty(made, name, { enumerable: true, get: () => read(ended) });
  return made;
}
