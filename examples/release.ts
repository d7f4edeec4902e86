// A release that takes its time. Kill rcm in the middle, then go on: what was done is not done again.
//   rcm apply examples/release.ts
import { runbook } from "rcm";
import { command } from "rcm/modules";

export default runbook("release", {}, ({ step }) => {
  step("download", command({ cmd: "echo downloaded; sleep 1" }));
  step("unpack", command({ cmd: "echo unpacked; sleep 3" }));
  step("switch", command({ cmd: "echo switched over" }));
});
