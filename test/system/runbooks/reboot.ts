import { runbook, z } from "rcm";
import { command, reboot } from "rcm/modules";

/** Marks the log before and after a reboot. */
export default runbook(
  "reboot",
  {
    hosts: "all",
    params: z.object({
      log: z.string().default("/var/log/rcm-marks"),
      command: z.string().optional(),
      delay: z.string().default("0s"),
    }),
  },
  ({ params, step }) => {
    const { log, delay, command: how } = params;
    step("before", command({ cmd: `echo before >>${log}` }));
    step("reboot", reboot({ delay, timeout: "60s", ...(how === undefined ? {} : { command: how }) }));
    step("after", command({ cmd: `echo after >>${log}` }));
  },
);
