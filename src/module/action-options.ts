import { z } from "zod";
import { sh } from "../shell/script.ts";
import type { Action, ActionResult } from "./action.ts";
import { path, text } from "./kit.ts";

/** Option schemas that every module which runs something has. */
export const actionOptions = {
  stdin: z.string().optional().describe("what the command reads on standard input"),
  creates: path.optional().describe("do not run when this path exists"),
  removes: path.optional().describe("do not run when this path does not exist"),
  unless: text.optional().describe("do not run when this shell command succeeds"),
  onlyIf: text.optional().describe("run only when this shell command succeeds"),
  /** Whether running it counts as a change. */
  changedWhen: z
    .union([z.boolean(), z.custom<(result: ActionResult) => boolean>((value) => typeof value === "function")])
    .optional()
    .describe("whether running it counts as a change: a boolean, or a function of the result"),
  /** Whether it failed. */
  failedWhen: z
    .custom<(result: ActionResult) => boolean>((value) => typeof value === "function")
    .optional()
    .describe(
      "a function of the result that says whether it failed; otherwise an exit status other than 0 does",
    ),
};

/** Guards as a user gives them. */
export interface Guards {
  readonly unless?: string | undefined;
  readonly onlyIf?: string | undefined;
}

/** The options of an action as they are, but for its guards: shell commands of the user's become scripts. */
export function shellGuards<Rest extends Guards>({
  unless,
  onlyIf,
  ...rest
}: Rest): Omit<Rest, keyof Guards> & Pick<Action, "unless" | "onlyIf"> {
  return {
    ...rest,
    unless: unless === undefined ? undefined : sh`sh -c ${unless}`,
    onlyIf: onlyIf === undefined ? undefined : sh`sh -c ${onlyIf}`,
  };
}
