import { runbook, z } from "rcm";
import { hostname } from "rcm/modules";

/** Gives the host a name. */
export default runbook(
  "name",
  { hosts: "all", params: z.object({ name: z.string() }) },
  ({ params, step }) => {
    step("name", hostname({ name: params.name }));
  },
);
