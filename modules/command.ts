import { type ActionResult, defineModule, fileOf, path, type Script, sh, text, z } from "../src/index.ts";

/** Longer standard input goes as a file. */
const MAX_INLINE = 32 * 1024;

/** Runs a command. */
export const command = defineModule({
  name: "command",
  category: "Commands",
  summary: "Runs a command: a line for the shell, or one program with arguments that reach it as they are.",
  example: 'command({ cmd: "systemctl", args: ["restart", "app"], unless: "systemctl is-active app" })',
  callbacks: ["changedWhen", "failedWhen"],
  options: z.strictObject({
    cmd: text.min(1).describe("without `args` a shell command line; with them the one program to run"),
    args: z.array(text).optional().describe("arguments, each one word whatever it holds"),
    stdin: z.string().optional().describe("what the command reads on standard input"),
    creates: path.optional().describe("do not run when this path exists"),
    removes: path.optional().describe("do not run when this path does not exist"),
    unless: text.optional().describe("do not run when this shell command succeeds"),
    onlyIf: text.optional().describe("run only when this shell command succeeds"),
    changedWhen: z
      .union([
        z.boolean(),
        z.custom<(result: ActionResult) => boolean>((value) => typeof value === "function"),
      ])
      .optional()
      .describe("whether running it counts as a change: a boolean, or a function of the result"),
    failedWhen: z
      .custom<(result: ActionResult) => boolean>((value) => typeof value === "function")
      .optional()
      .describe(
        "a function of the result that says whether it failed; otherwise an exit status other than 0 does",
      ),
  }),
  action: ({ cmd, args, stdin, unless, onlyIf, ...rest }) => ({
    script: reading(stdin, args ? sh`exec ${cmd} ${args}` : sh`exec sh -c ${cmd}`),
    describe: `execute: ${[cmd, ...(args ?? [])].join(" ")}`,
    ...(unless === undefined ? {} : { unless: sh`sh -c ${unless}` }),
    ...(onlyIf === undefined ? {} : { onlyIf: sh`sh -c ${onlyIf}` }),
    ...rest,
  }),
});

function reading(stdin: string | undefined, script: Script): Script {
  if (stdin === undefined) return script;
  const isInline = Buffer.byteLength(stdin) <= MAX_INLINE && !stdin.includes("\0");
  return isInline ? sh`printf %s ${stdin} | ${script}` : sh`${script} <${fileOf(stdin)}`;
}
