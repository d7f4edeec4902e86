import { defineModule, type Unit, unitEnabled, unitMasked, unitState } from "../src/index.ts";
import { reexec, reload } from "./systemd/manager.ts";
import { options } from "./systemd/options.ts";

/** Manages units of systemd's. */
export const systemd = defineModule({
  name: "systemd",
  category: "Services",
  summary: "Starts, stops, restarts, enables and masks units of systemd's.",
  example: 'systemd({ name: "nginx", state: "started", enabled: true })',
  options,
  properties: ({ name, state, enabled, masked, daemonReload, daemonReexec, force, noBlock, scope }) => {
    const unit: Unit | undefined = name === undefined ? undefined : { name, scope, noBlock };
    return {
      ...(daemonReexec ? { daemonReexec: reexec(scope) } : {}),
      ...(daemonReload ? { daemonReload: reload(scope) } : {}),
      ...(unit && masked === false ? { masked: unitMasked(unit, false) } : {}),
      ...(unit && enabled !== undefined ? { enabled: unitEnabled(unit, enabled, force) } : {}),
      ...(unit && masked ? { masked: unitMasked(unit, true) } : {}),
      ...(unit && state ? { state: unitState(unit, state) } : {}),
    };
  },
});
