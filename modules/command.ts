import { type ActionResult, defineModule, path, sh, text, z } from "../src/index.ts";

/** Runs a command. */
export const command = defineModule({
  name: "command",
  category: "Commands",
  summary: "Runs a command: a line for the shell, or one program with arguments that reach it as they are.",
  example: 'command({ cmd: "systemctl", args: ["restart", "app"], unless: "systemctl is-active app" })',
  callbacks: ["changedWhen", "failedWhen"],
  options: z
    .strictObject({
      cmd: text.min(1).describe("without `args` a shell command line; with them the one program to run"),
      args: z.array(text).optional().describe("arguments, each one word whatever it holds"),
      stdin: z.string().optional().describe("what the command reads on standard input"),
      creates: path.optional().describe("do not run when this path exists"),
      removes: path.optional().describe("do not run when this path does not exist"),
      unless: text.optional().describe("do not run when this shell command succeeds"),
      onlyIf: text.optional().describe("run only when this shell command succeeds"),
      /** Whether running it counts as a change. */
      changedWhen: z
        .union([
          z.boolean(),
          z.custom<(result: ActionResult) => boolean>((value) => typeof value === "function"),
        ])
        .optional()
        .describe("whether running it counts as a change: a boolean, or a function of the result"),
      /** Whether it failed. */
      failedWhen: z
        .custom<(result: ActionResult) => boolean>((value) => typeof value === "function")
        .optional()
        .describe(
          "a function of the result that says whether it failed; otherwise an exit status other than 0 does",
        ),
    })
    .refine(
      ({ cmd, args }) => !args || !cmd.startsWith("-"),
      "with args, cmd is a program: its name cannot begin with -",
    ),
  action: ({ cmd, args, unless, onlyIf, ...rest }) => ({
    script: args ? sh`exec ${cmd} ${args}` : sh`exec sh -c ${cmd}`,
    describe: `execute: ${[cmd, ...(args ?? [])].join(" ")}`,
    ...(unless === undefined ? {} : { unless: sh`sh -c ${unless}` }),
    ...(onlyIf === undefined ? {} : { onlyIf: sh`sh -c ${onlyIf}` }),
    ...rest,
  }),
});
