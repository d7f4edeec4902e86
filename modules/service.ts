import { defineModule } from "../src/index.ts";
import { bySystem } from "./service/by-system.ts";
import { enabledBy } from "./service/enabled.ts";
import { options } from "./service/options.ts";
import { stateBy } from "./service/state.ts";

/** Manages services, whatever the init system. */
export const service = defineModule({
  name: "service",
  category: "Services",
  summary: "Starts, stops, restarts and enables a service, by systemd, OpenRC or init scripts.",
  example: 'service({ name: "nginx", state: "started", enabled: true })',
  options,
  properties: (wanted) => ({
    ...(wanted.enabled === undefined ? {} : { enabled: bySystem(wanted, enabledBy(wanted, wanted.enabled)) }),
    ...(wanted.state === undefined ? {} : { state: bySystem(wanted, stateBy(wanted, wanted.state)) }),
  }),
});
