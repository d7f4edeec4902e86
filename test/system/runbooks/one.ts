import { runbook, z } from "rcm";
import { command } from "rcm/modules";

/** One shell line. */
export default runbook(
  "one",
  { hosts: "all", params: z.object({ cmd: z.string().default("id -un"), timeout: z.string().optional() }) },
  ({ params: { cmd, timeout }, step }) => {
    step("one", command({ cmd }), timeout === undefined ? {} : { timeout });
  },
);
