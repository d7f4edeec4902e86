// Loaded before rcm (`node --import`): writes down what the process needed and how its event loop was delayed.
import { writeFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";

const delay = monitorEventLoopDelay({ resolution: 5 });
delay.enable();
process.once("exit", () => {
  delay.disable();
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const ms = (ns) => ns / 1e6;
  const figures = {
    wall: performance.now() / 1000,
    cpu: (userCPUTime + systemCPUTime) / 1e6,
    memory: maxRSS / 1024,
    delayP50: ms(delay.percentile(50)),
    delayP99: ms(delay.percentile(99)),
    delayMax: ms(delay.max),
  };
  writeFileSync(process.env.RCM_PROBE, JSON.stringify(figures));
});
