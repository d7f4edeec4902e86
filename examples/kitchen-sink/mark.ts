import { defineModule, sh, z } from "rcm";

/** A step type of one's own: appends a line to a file, each time that it is run. */
export const mark = defineModule({
  name: "mark",
  category: "Examples",
  summary: "Appends a line to a file.",
  example: 'mark({ file: "/srv/kitchen/marks", line: "opened" })',
  options: z.strictObject({ file: z.string(), line: z.string() }),
  action: ({ file, line }) => ({ script: sh`echo ${line} >>${file}`, describe: `append ${line} to ${file}` }),
});
