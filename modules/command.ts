import { actionOptions, defineModule, sh, shellGuards, text, z } from "../src/index.ts";

/** Runs a command. */
export const command = defineModule({
  name: "command",
  category: "Commands",
  summary: "Runs a command: a line for the shell, or one program with arguments that reach it as they are.",
  example: 'command({ cmd: "systemctl", args: ["restart", "app"], unless: "systemctl is-active app" })',
  callbacks: ["changedWhen", "failedWhen"],
  secretVariables: true,
  secretOptions: ["stdin"],
  options: z
    .strictObject({
      cmd: text.min(1).describe("without `args` a shell command line; with them the one program to run"),
      args: z.array(text).optional().describe("arguments, each one word whatever it holds"),
      ...actionOptions,
    })
    .refine(
      ({ cmd, args }) => !args || !cmd.startsWith("-"),
      "with args, cmd is a program: its name cannot begin with -",
    ),
  action: ({ cmd, args, ...rest }) => ({
    script: args ? sh`exec ${cmd} ${args}` : sh.inline`sh -c ${cmd}`,
    describe: `execute: ${[cmd, ...(args ?? [])].join(" ")}`,
    ...shellGuards(rest),
  }),
});
