import { runbook, z } from "rcm";
import { command } from "rcm/modules";

/** Its second step takes for ever the first time, and no time the second time. */
export default runbook(
  "long",
  { hosts: "all", params: z.object({ root: z.string(), seconds: z.string() }) },
  ({ params: { root, seconds }, step }) => {
    step("before", command({ cmd: `echo before >>${root}/marks` }));
    step(
      "long",
      command({
        cmd: `mkdir ${root}/begun 2>/dev/null || exit 0; sleep ${seconds}; echo late >>${root}/marks`,
      }),
    );
    step("after", command({ cmd: `echo after >>${root}/marks` }));
  },
);
