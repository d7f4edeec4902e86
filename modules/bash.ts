import { type ActionResult, defineModule, fileOf, path, sh, text, z } from "../src/index.ts";

/** A longer script goes as a file: Linux takes arguments of at most 128 KiB. */
const MAX_INLINE = 32 * 1024;
const variable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "wanted the name of an environment variable");

/** Runs a bash script. */
export const bash = defineModule({
  name: "bash",
  category: "Commands",
  summary: "Runs a script with bash, or with sh on a host that has no bash.",
  example: 'bash({ script: "for f in *.log; do gzip \\"$f\\"; done", creates: "app.log.gz" })',
  callbacks: ["changedWhen", "failedWhen"],
  options: z
    .strictObject({
      script: text.optional().describe("the script itself"),
      file: path.optional().describe("a local file that holds the script, relative to the runbook"),
      args: z.array(text).default([]).describe("the script's arguments"),
      stdin: z.string().optional().describe("what the script reads on standard input"),
      envInclude: z
        .array(variable)
        .optional()
        .describe("pass on only these variables of the session's environment"),
      envExclude: z.array(variable).optional().describe("pass on all but these"),
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
        .describe("a function of the result that says whether it failed"),
    })
    .refine(
      ({ script, file }) => (script === undefined) !== (file === undefined),
      "wanted exactly one of script and file",
    )
    .refine(
      ({ envInclude, envExclude }) => !envInclude || !envExclude,
      "envInclude and envExclude exclude each other",
    ),
  action: async ({ script, file, args, stdin, envInclude, envExclude, unless, onlyIf, ...rest }, local) => {
    const source = file === undefined ? undefined : await local.file(file);
    const isInline = script !== undefined && Buffer.byteLength(script) <= MAX_INLINE;
    const words = isInline ? sh`-c ${script} bash ${args}` : sh`${source ?? fileOf(script ?? "")} ${args}`;
    const environment = envInclude
      ? sh`env -i ${sh.raw(envInclude.map((name) => `\${${name}+"${name}=$${name}"}`).join(" "))}`
      : sh``;
    const input = stdin === undefined ? sh`` : sh` <${fileOf(stdin)}`;
    return {
      script: sh.lines(
        envExclude && sh`unset ${envExclude}`,
        sh`if command -v bash >/dev/null 2>&1; then b=$(command -v bash); else b=$(command -v sh); fi`,
        sh`exec ${environment} "$b" ${words}${input}`,
      ),
      describe: file === undefined ? "run a bash script" : `run the bash script ${file}`,
      ...(unless === undefined ? {} : { unless: sh`sh -c ${unless}` }),
      ...(onlyIf === undefined ? {} : { onlyIf: sh`sh -c ${onlyIf}` }),
      ...rest,
    };
  },
});
