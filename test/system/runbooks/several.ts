import { runbook } from "rcm";
import { command } from "rcm/modules";

/** Steps that could all run at the same time, each in a session of its own. */
export default runbook("several", { hosts: "all" }, ({ step }) => {
  for (const name of ["a", "b", "c", "d", "e"])
    step(name, command({ cmd: "id -un" }), { await: [], retry: 2 });
});
