import { unitName, z } from "../../src/index.ts";

export const options = z
  .strictObject({
    name: unitName.optional().describe("the unit; `.service` is understood"),
    state: z
      .enum(["started", "stopped", "restarted", "reloaded"])
      .optional()
      .describe("`restarted` and `reloaded` are done each time; both start what does not run"),
    enabled: z.boolean().optional().describe("whether it is started at boot"),
    masked: z.boolean().optional().describe("whether it cannot be started at all"),
    daemonReload: z
      .boolean()
      .default(false)
      .describe("before all else read unit files again, if systemd says that some have changed on the disk"),
    daemonReexec: z.boolean().default(false).describe("start systemd itself again, each time"),
    force: z.boolean().default(false).describe("with enabled: replace links that are in the way"),
    noBlock: z.boolean().default(false).describe("do not wait until the unit is started or stopped"),
    scope: z
      .enum(["system", "user", "global"])
      .default("system")
      .describe("`user`: units of the user that the step runs as; `global`: what all users get"),
  })
  .refine(
    ({ name, state, enabled, masked }) =>
      name !== undefined || (state === undefined && enabled === undefined && masked === undefined),
    "state, enabled and masked need the name of a unit",
  )
  .refine(
    ({ state, enabled, masked, daemonReload, daemonReexec }) =>
      daemonReload || daemonReexec || state !== undefined || enabled !== undefined || masked !== undefined,
    "wanted at least one of state, enabled, masked, daemonReload and daemonReexec",
  )
  .refine(
    ({ masked, enabled, state }) =>
      masked !== true || (enabled !== true && (state ?? "stopped") === "stopped"),
    "a masked unit can be neither enabled nor started",
  )
  .refine(
    ({ scope, state, daemonReload, daemonReexec }) =>
      scope !== "global" || (state === undefined && !daemonReload && !daemonReexec),
    "with the scope global nothing runs: only enabled and masked go with it",
  )
  .refine(({ force, enabled }) => !force || enabled === true, "force goes with enabled: true")
  .refine(({ noBlock, state }) => !noBlock || state !== undefined, "noBlock requires state");
