import { runbook, z } from "rcm";
import { command, copy, file } from "rcm/modules";

/** Makes files as whoever the step runs as. */
export default runbook(
  "owned",
  { hosts: "all", params: z.object({ big: z.string(), root: z.string() }) },
  ({ params: { big, root }, step }) => {
    step("folder", file({ path: root, state: "directory" }));
    step("text", copy({ content: "text\n", dest: `${root}/text` }));
    step("big", copy({ src: big, dest: `${root}/big` }));
    step("command", command({ cmd: `id -un >${root}/who` }));
  },
);
