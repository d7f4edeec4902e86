import { runbook, z } from "rcm";
import { bash, command, copy, file, lineinfile, waitFor } from "rcm/modules";

/** Eight steps, one of each kind of work on files and with commands. */
export default runbook(
  "files",
  { hosts: "all", params: z.object({ big: z.string() }) },
  ({ params, host, step }) => {
    const root = String(host.vars.root);
    step("folder", file({ path: root, state: "directory", mode: "0750" }));
    step("text", copy({ content: 'it\'s $HOME, "quoted"\n', dest: `${root}/text`, mode: "0640" }));
    step("big", copy({ src: params.big, dest: `${root}/big` }));
    step("line", lineinfile({ path: `${root}/line`, line: "one more 'line'", create: true }));
    step("link", file({ path: `${root}/link`, state: "link", src: "text" }));
    step("command", command({ cmd: "touch", args: [`${root}/made here`], creates: `${root}/made here` }));
    step("bash", bash({ script: `echo "$1" >${root}/said`, args: ["hello there"], creates: `${root}/said` }));
    step("wait", waitFor({ path: `${root}/said`, search: "^hello there$" }));
  },
);
