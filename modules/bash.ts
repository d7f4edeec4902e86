import { readFile } from "node:fs/promises";
import {
  actionOptions,
  checkBash,
  defineModule,
  fileOf,
  group,
  type Script,
  sh,
  shellGuards,
  text,
  variableOf,
  z,
} from "../src/index.ts";

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
  secretVariables: true,
  options: z
    .strictObject({
      script: text.optional().describe("the script itself"),
      file: text.min(1).optional().describe("a local file that holds the script, relative to the runbook"),
      args: z.array(text).default([]).describe("the script's arguments"),
      envInclude: z
        .array(variable)
        .optional()
        .describe("pass on only these variables of the session's environment, and the step's secrets"),
      envExclude: z.array(variable).optional().describe("pass on all but these"),
      ...actionOptions,
    })
    .check(
      group(["script", "file"], { required: true, exclusive: true }),
      group(["envInclude", "envExclude"], { exclusive: true }),
    ),
  check: async ({ script, file }, local) => {
    if (script !== undefined) await checkBash(script);
    if (file === undefined) return;
    const { source } = await local.file(file);
    if (typeof source === "string") await checkBash(await readFile(source, "utf8"), source);
  },
  action: async ({ script, file, args, envInclude, envExclude, ...rest }, local) => {
    const source = file === undefined ? undefined : await local.file(file);
    const isInline = script !== undefined && Buffer.byteLength(script) <= MAX_INLINE;
    const words = isInline ? sh`-c ${script} bash ${args}` : sh`${source ?? fileOf(script ?? "")} ${args}`;
    return {
      script: sh.lines(
        sh`set -- "$(command -v bash || command -v sh)" ${words}`,
        envInclude && onlyVariables([...envInclude, ...local.secrets.names.map(variableOf)]),
        envExclude && sh`unset ${envExclude}`,
        sh`exec "$@"`,
      ),
      describe: file === undefined ? "run a bash script" : `run the bash script ${file}`,
      ...shellGuards(rest),
    };
  },
});

/** Unsets all others; `env -i A=…` would do, but show their values in the list of processes. */
function onlyVariables(names: readonly string[]): Script {
  const kept = sh.raw(["SHELLOPTS", "BASHOPTS", ...names].join(" | ")); // the first two cannot be unset
  return sh`for v in $(env | sed -n 's/^\\([A-Za-z_][A-Za-z0-9_]*\\)=.*/\\1/p'); do case $v in ${kept}) ;; *) unset "$v" ;; esac; done`;
}
