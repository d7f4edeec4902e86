import { defineModule, shellGuards } from "../src/index.ts";
import { options } from "./bash/options.ts";
import { parse, running } from "./bash/script.ts";

/** Runs a bash script. */
export const bash = defineModule({
  name: "bash",
  category: "Commands",
  summary: "Runs a script with bash, or with sh on a host that has no bash.",
  example: 'bash({ script: "for f in *.log; do gzip \\"$f\\"; done", creates: "app.log.gz" })',
  callbacks: ["changedWhen", "failedWhen"],
  secretVariables: true,
  secretOptions: ["stdin"],
  options,
  check: parse,
  action: async ({ script, file, args, envInclude, envExclude, ...rest }, local) => ({
    script: await running({ script, file, args, envInclude, envExclude }, local),
    describe: file === undefined ? "run a bash script" : `run the bash script ${file}`,
    ...shellGuards(rest),
  }),
});
