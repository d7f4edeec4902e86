import { text, unitName, z } from "../../src/index.ts";

export const options = z
  .strictObject({
    name: unitName.describe("the service, as the host's init system calls it"),
    state: z
      .enum(["started", "stopped", "restarted", "reloaded"])
      .optional()
      .describe("`restarted` and `reloaded` are done each time"),
    enabled: z.boolean().optional().describe("whether it is started at boot"),
    use: z
      .enum(["auto", "systemd", "openrc", "sysvinit"])
      .default("auto")
      .describe("the init system; `auto`: the one that the host was booted with"),
    runlevel: z
      .string()
      .regex(/^[a-z][a-z0-9_-]*$/, "wanted the name of a runlevel, such as default")
      .default("default")
      .describe("with OpenRC: the runlevel that `enabled` is about"),
    pattern: text
      .min(1)
      .optional()
      .describe(
        "where an init script does not know `status`: part of the command line of the process to look for",
      ),
  })
  .refine(
    ({ state, enabled }) => state !== undefined || enabled !== undefined,
    "wanted at least one of state and enabled",
  );

export type Options = z.output<typeof options>;
